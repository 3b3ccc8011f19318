"""inform.kz: labelled rates, weather and a breadcrumb in the header; the general rules read it."""

from readership.parse.frame import Layout

LAYOUT = Layout("inform")
