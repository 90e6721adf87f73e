"""The dashboard's entry: for now one plain page of sources and counts; the pages come with views/."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st

from ingest.publish import NothingPublished, Snapshot

st.set_page_config(page_title="ReturnWatch", layout="wide")
st.title("ReturnWatch")
st.write("This is country information, not a judgement on a person.")
try:
    with Snapshot.open(Path(os.environ.get("RETURNWATCH_DATA", "data")) / "published") as snapshot:
        with snapshot.cursor() as cursor:
            counts = cursor.execute(
                """
                SELECT s.source_id AS source,
                       s.publisher,
                       s.licence,
                       (SELECT count(*) FROM observation AS o WHERE o.source_id = s.source_id) AS observations,
                       (SELECT count(*) FROM event AS e WHERE e.source_id = s.source_id) AS events,
                       (SELECT count(*) FROM document AS d WHERE d.source_id = s.source_id) AS documents,
                       (SELECT max(r.ended_at) FROM source_run AS r WHERE r.source_id = s.source_id) AS last_run
                FROM source AS s
                ORDER BY s.source_id
                """
            ).df()
            starter = cursor.execute("SELECT count(*) FROM run WHERE kind NOT IN ('starter')").fetchone()
        st.caption(f"Snapshot {snapshot.snapshot_id}" + ("" if starter and starter[0] else " (starter data)"))
        st.dataframe(counts, hide_index=True)
except NothingPublished as error:
    st.warning(str(error))
