#!/bin/sh
python manage.py migrate --noinput
exec gunicorn newsroom.wsgi:application --bind 0.0.0.0:8080
