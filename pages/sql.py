"""SQL: what an analyst wants to know that no page answers."""

import streamlit as st

from readership.ui import ask_sql, page, sql_tables

page("SQL", "What do you want to know that no page answers?")
left, right = st.columns([3, 2], gap="large")
with left:
    ask_sql()
with right:
    sql_tables()
