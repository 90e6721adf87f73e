"""Which labelled texts are for tuning and which are kept unseen for measuring."""

from hashlib import sha256


def part_of(text: str) -> str:
    """tune (six of ten) or held: decided by the SHA-256 of the text, before anybody looks at it."""
    return "tune" if int(sha256(text.encode()).hexdigest(), 16) % 100 < 60 else "held"
