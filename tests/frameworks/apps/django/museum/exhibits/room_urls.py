from django.urls import path

from .views import room

urlpatterns = [path("", room), path("light/<int:level>/", room, {"kind": "light"})]
