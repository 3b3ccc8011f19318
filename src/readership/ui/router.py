"""The script that Streamlit runs at every rerun; all it does is in `shell`, which is imported once."""

from readership.ui import shell

shell.run()
