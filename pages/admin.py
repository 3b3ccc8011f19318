"""Admin: who has been here, what is open to others, and is everything sound?"""

from readership.ui import admin_alerts, admin_health, admin_links, admin_people, admin_tokens, admin_views, page

page("Admin", "Who has been here, what is open to others, and is everything sound?", without_edition=True)
admin_health()
admin_people()
admin_links()
admin_tokens()
admin_views()
admin_alerts()
