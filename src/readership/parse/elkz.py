"""el.kz: Russian pages begin with the photo credit, which has no label there."""

from readership.parse.frame import Layout

LAYOUT = Layout("elkz", credit_first=True)
