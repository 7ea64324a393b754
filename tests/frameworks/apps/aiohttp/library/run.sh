#!/bin/sh
exec gunicorn library:create_app --worker-class aiohttp.GunicornWebWorker --bind 0.0.0.0:8080
