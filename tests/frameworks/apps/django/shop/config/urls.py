import accounts.urls
from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView, TemplateView

from . import health

handler404 = "config.health.not_found"

urlpatterns = [
    path("", TemplateView.as_view(template_name="home.html"), name="home"),
    path("admin/", admin.site.urls),
    path("health", health.health),
    path("shop/", include("catalogue.urls", namespace="catalogue")),
    path("accounts/", include(accounts.urls)),
    path("old-shop/<path:rest>", RedirectView.as_view(url="/shop/%(rest)s")),
]
urlpatterns += static("/media/", document_root=settings.BASE_DIR / "media")
if settings.DEBUG:
    urlpatterns.append(path("debug/routes/", health.routes))
