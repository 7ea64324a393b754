from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET


def robots(request):
    return HttpResponse("User-agent: *")


@require_GET
def exhibits(request):
    return JsonResponse({"exhibits": []})


def exhibit(request, number, format="html"):
    if request.method == "GET":
        return HttpResponse(number)
    if request.method in ["PUT", "PATCH"]:
        return HttpResponse(status=204)
    return HttpResponse("no", status=405)


def image(request, path):
    return HttpResponse(content_type="image/png")


def tours(request):
    if request.method != "GET":
        return HttpResponse(status=405)
    return HttpResponse("tours")


def room(request, room, level=0, kind="all"):
    return HttpResponse(room)


def year(request, year, month=None):
    return HttpResponse(year)


def artist(request, name, work=None):
    return HttpResponse(name)


def jobs(request):
    return HttpResponse("none")


def about(request):
    return HttpResponse("about")


def visit(request):
    return HttpResponse("open")
