import sys

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import execute_from_command_line
from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.views import View

settings.configure(
    DEBUG=True,
    SECRET_KEY="not so secret",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
)

SNIPPETS = {"hello": "print('hello')"}


def index(request):
    return JsonResponse({"snippets": list(SNIPPETS)})


class Snippet(View):
    def get(self, request, name):
        return HttpResponse(SNIPPETS[name], content_type="text/plain")

    def put(self, request, name):
        SNIPPETS[name] = request.body.decode()
        return HttpResponse(status=204)


async def raw(request, name):
    if request.method != "GET":
        return HttpResponse(status=405)
    return HttpResponse(SNIPPETS[name])


urlpatterns = [
    path("", index),
    path("snippets/<slug:name>/", Snippet.as_view()),
    path("snippets/<slug:name>/raw", raw),
]

application = WSGIHandler()

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
