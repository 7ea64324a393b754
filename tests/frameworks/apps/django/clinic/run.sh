#!/bin/sh
export DJANGO_SETTINGS_MODULE=clinic.settings.container
exec uvicorn clinic.asgi:application --host 0.0.0.0 --port 8080
