from django.urls import path, re_path
from django.views.decorators.common import no_append_slash

from . import views

urlpatterns = [
    re_path(r"^$", views.exhibits),
    re_path(r"^(?P<number>\d+)/?$", views.exhibit),
    re_path(r"^(?P<number>\d+)\.(?P<format>json|xml)$", views.exhibit),
    re_path(r"^files/(?P<path>.*)$", views.image),
    path("tours/", no_append_slash(views.tours)),
]
