"""The rules on a contract, for projects of Django REST framework that share what their views do."""

from __future__ import annotations

import json

from tests.conftest import Buttress, Write

PARAMETERS = "parameters: [{name: limit, in: query, schema: {type: integer}}]"
RESPONSES = 'responses: {"200": {description: fine}}'
CONTRACT = f"""
openapi: 3.1.0
info: {{title: Notes, version: "1"}}
paths:
  /notes:
    get: {{{PARAMETERS}, {RESPONSES}}}
    post: {{security: [{{token: []}}], {RESPONSES}}}
  /mine:
    get: {{security: [{{token: []}}], {RESPONSES}}}
    post: {{security: [{{token: []}}], {RESPONSES}}}
    delete: {{security: [{{token: []}}], {RESPONSES}}}
components:
  securitySchemes:
    token: {{type: apiKey, in: header, name: Authorization}}
"""
SETTINGS = """
SECRET_KEY = "one"
ROOT_URLCONF = "site_.urls"
INSTALLED_APPS = ["rest_framework"]
REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": ["notes.access.Tokens"]}
"""
ACCESS = """
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS, BasePermission


class Tokens(BaseAuthentication):
    def authenticate(self, request):
        header = request.headers.get("Authorization", "")
        if not header.startswith("Token "):
            return None
        return header, None


class MayRead(BasePermission):
    def has_permission(self, request, view):
        return request.method in SAFE_METHODS or bool(request.user and request.user.is_authenticated)
"""
VIEWS = """
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from .access import MayRead

NOTES = []


class PageSerializer(serializers.Serializer):
    limit = serializers.IntegerField(min_value=1, default=20)


class PageMixin:
    def page(self):
        serializer = PageSerializer(data=self.request.query_params)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


class NotesView(PageMixin, APIView):
    permission_classes = [MayRead]

    def get(self, request):
        title = request.query_params.get("title")
        return Response([note for note in NOTES if note != title][: self.page()["limit"]])

    def post(self, request):
        NOTES.append(str(request.user))
        return Response({})


class MineView(APIView):
    permission_classes = [IsAuthenticated]

    def get(self, request):
        return Response([note for note in NOTES if note == str(request.user)])

    def post(self, request):
        NOTES.append(str(request.user))
        return Response({})

    def delete(self, request):
        NOTES.clear()
        return Response({})
"""
PROJECT = {
    "openapi.yml": CONTRACT,
    "requirements.txt": "django\ndjangorestframework\n",
    "manage.py": 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_.settings")\n',
    "site_/__init__.py": "",
    "site_/settings.py": SETTINGS,
    "site_/urls.py": "from django.urls import path\nfrom notes.views import MineView, NotesView\n\n"
    'urlpatterns = [path("notes", NotesView.as_view()), path("mine", MineView.as_view())]\n',
    "notes/__init__.py": "",
    "notes/access.py": ACCESS,
    "notes/views.py": VIEWS,
}


def rules_of(buttress: Buttress, write: Write, files: dict[str, str]) -> set[str]:
    root = write(files)
    ran = buttress("check", root, "--isolated", "--contract", root / "openapi.yml", "--format", "json")
    return {found["rule"] for found in json.loads(ran.out)["findings"]} & {
        "auth/open-operation",
        "contract/unread-parameter",
    }


def test_what_views_share_is_followed(write: Write, buttress: Buttress) -> None:
    assert rules_of(buttress, write, PROJECT) == set()


def test_a_permission_that_lets_all_in(write: Write, buttress: Buttress) -> None:
    access = ACCESS.replace("bool(request.user and request.user.is_authenticated)", "True")
    assert access != ACCESS
    assert rules_of(buttress, write, PROJECT | {"notes/access.py": access}) == {"auth/open-operation"}


def test_a_parameter_that_no_method_reads(write: Write, buttress: Buttress) -> None:
    views = VIEWS.replace('[: self.page()["limit"]]', "")
    assert views != VIEWS
    assert rules_of(buttress, write, PROJECT | {"notes/views.py": views}) == {"contract/unread-parameter"}


def test_a_guard_of_what_is_open_says_nothing_of_others(write: Write, buttress: Buttress) -> None:
    views = (
        VIEWS
        + """

class NoteView(APIView):
    permission_classes = [IsAuthenticated]

    def get(self, request, place):
        return Response(NOTES[place])
"""
    )
    contract = CONTRACT.replace("  /mine:", f"  /notes/{{place}}:\n    get: {{{RESPONSES}}}\n  /mine:")
    urls = PROJECT["site_/urls.py"].replace("MineView, ", "MineView, NoteView, ")
    urls = urls.replace("urlpatterns = [", 'urlpatterns = [path("notes/<int:place>", NoteView.as_view()), ')
    changed = {"notes/views.py": views, "openapi.yml": contract, "site_/urls.py": urls}
    assert rules_of(buttress, write, PROJECT | changed) == set()
