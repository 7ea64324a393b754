from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.urls import include, path
from django.views.decorators.http import require_POST

from . import views

account_patterns = (
    [
        path("", login_required(views.Account.as_view()), name="account"),
        path("newsletter/", require_POST(login_required(views.newsletter)), name="newsletter"),
    ],
    "account",
)

urlpatterns = [
    path("login/", auth_views.LoginView.as_view()),
    path("me/", include(account_patterns)),
    path("<int:customer>/", include([path("orders/", views.orders), path("orders/<int:order>/", views.orders)])),
]
