"""A test adapter without paging."""


def requests(source, since):
    return ()


def parse(answer, source):
    return ()
