from django.urls import path
from wards import views

from clinic.urls import urlpatterns as shared

urlpatterns = [*shared, path("playground/", views.wards)]
