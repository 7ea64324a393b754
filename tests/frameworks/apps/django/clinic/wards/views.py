from django.http import HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.views import View

from .log import write
from .store import patients as store


def wards(request):
    return JsonResponse({"wards": ["cardiology", "surgery"]})


def ward(name, request):
    return JsonResponse({"name": name})


def patients(request, ward):
    handlers = {"GET": list_patients, "POST": admit_patient}
    handler = handlers.get(request.method)
    if handler is None:
        return HttpResponseNotAllowed(list(handlers))
    return handler(request, ward)


def list_patients(request, ward):
    return JsonResponse({"patients": store.of_ward(ward)})


def admit_patient(request, ward):
    return JsonResponse(store.admit(ward), status=201)


def beds(request):
    if not request.method == "GET" and not request.method == "POST":
        return HttpResponse(status=405)
    return JsonResponse({"beds": 12})


def staff(request):
    return JsonResponse({"staff": 4})


def discharge(request, number):
    store.discharge(number)
    return HttpResponse(status=204)


class Recorded(View):
    def dispatch(self, request, *args, **kwargs):
        write(request.method)
        return super().dispatch(request, *args, **kwargs)


class Patient(Recorded):
    def get(self, request, number):
        return JsonResponse({"number": number})

    def put(self, request, number):
        return JsonResponse({"number": number})

    patch = put
    delete = None


class Console(View):
    """Answers by itself whatever comes."""

    def dispatch(self, request, *args, **kwargs):
        if request.method == "GET":
            return HttpResponse("console")
        if request.method == "POST":
            return HttpResponse(status=202)
        return HttpResponseNotAllowed(["GET", "POST"])


class Bridge(View):
    def get(self, request):
        return HttpResponse("never")

    def post(self, request):
        return HttpResponse(status=202)
