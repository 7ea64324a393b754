from functools import partial

from django.conf import settings
from django.contrib.auth.decorators import login_required, user_passes_test
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from wards import views
from wards.board import Board

WARDS = ("cardiology", "surgery")
REPORTS = {"beds": views.beds, "staff": views.staff}


def is_doctor(user) -> bool:
    return user.is_staff


def ward_urls(ward: str) -> list:
    return [
        path("", partial(views.ward, ward)),
        path("patients", partial(views.patients, ward=ward)),
    ]


urlpatterns = []
for ward in WARDS:
    urlpatterns.append(path(f"wards/{ward}/", include(ward_urls(ward))))

urlpatterns += [path(f"reports/{name}", user_passes_test(is_doctor)(view)) for name, view in REPORTS.items()]

urlpatterns.extend(
    [
        path("patients/<int:number>", login_required(csrf_exempt(views.Patient.as_view()))),
        path("patients/<int:number>/discharge", require_POST(views.discharge)),
        path("console", views.Console.as_view()),
        path("bridge", views.Bridge.as_view(http_method_names=["post"])),
        path("board", Board("main hall")),
        path("wards", views.wards),
    ]
)

if settings.DEBUG:
    urlpatterns += [path("debug", views.wards)]
