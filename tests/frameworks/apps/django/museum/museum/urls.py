from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from django.utils.translation import gettext_lazy as _
from django.views.i18n import JavaScriptCatalog
from exhibits import views

urlpatterns = [
    re_path(r"^robots\.txt$", views.robots),
    re_path(r"^exhibits/", include("exhibits.urls")),
    re_path(r"^rooms/(?P<room>[A-F])/", include("exhibits.room_urls")),
    re_path(r"^archive/([0-9]{4})/$", views.year),
    re_path(r"^archive/([0-9]{4})/(\d{1,2})/?$", views.year),
    re_path(r"^artists/(?P<name>[\w-]+?)(?:/(?P<work>\d+))?/$", views.artist),
    re_path(r"^(?:jobs|careers)/$", views.jobs),
]

urlpatterns += i18n_patterns(
    path("about/", views.about),
    path(_("visit/"), views.visit),
    path("labels.js", JavaScriptCatalog.as_view()),
    prefix_default_language=False,
)
