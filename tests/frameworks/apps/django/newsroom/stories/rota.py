def on_duty(user) -> bool:
    return bool(user and user.is_authenticated)
