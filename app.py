"""Launcher: the Streamlit app of `readership.ui` with its routes, security headers and warm-up, and nothing else.

Start it with `streamlit run app.py` (what `make run` does). The script that Streamlit runs lies in the package, so that
no `pages/` stands beside it and no page is ever served without its router.
"""

import streamlit as st

from readership import api, settings
from readership.ui.exported import parts
from readership.ui.server import MIDDLEWARE, ROUTES, SCRIPT, SECRETS, based, explain, lifespan

routes = based([*api.routes(settings.load(), parts), *ROUTES])
app = st.App(SCRIPT, routes=routes, middleware=MIDDLEWARE, lifespan=lifespan, on_script_error=explain, secrets=SECRETS)
