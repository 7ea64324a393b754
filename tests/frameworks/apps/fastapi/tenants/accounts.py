from fastapi_users import FastAPIUsers
from ports import User


def get_user_manager():
    return None


fastapi_users = FastAPIUsers[User, int](get_user_manager, [])
current_user = fastapi_users.current_user(active=True)
optional_user = fastapi_users.current_user(optional=True)
