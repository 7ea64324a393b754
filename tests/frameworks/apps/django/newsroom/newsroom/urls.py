from django.urls import include, path
from rest_framework.authtoken.views import obtain_auth_token

urlpatterns = [
    path("api/", include("stories.urls")),
    path("api/token", obtain_auth_token),
    path("browse/", include("rest_framework.urls")),
]
