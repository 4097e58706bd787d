"""What the vendor's Python client makes of a platform; run by contract-vendor.ts. Prints one JSON object."""

import json
import os

import wallaroo

wl = wallaroo.Client(interactive=False)


def of(email):
    user = wl.get_user_by_email(email)
    return user and {"id": user.id(), "username": user.username(), "enabled": user.enabled()}


def words(operation, email):
    try:
        operation(email)
    except Exception as error:
        return type(error).__name__ + ": " + str(error)
    return None


ann, zed, operator = "ann@example.com", "zed@example.com", os.environ["WALLAROO_USER"]
said = {"me": wl.auth.user_email(), "ann": of(ann), "nobody": of("nobody@example.com")}
said["deactivated"] = [words(wl.deactivate_user, ann), of(ann)]
said["activated"] = [words(wl.activate_user, ann), of(ann)]
said["unknown"] = words(wl.deactivate_user, "nobody@example.com")
said["myself"] = words(wl.deactivate_user, operator)
said["admin"] = words(wl.deactivate_user, "admin")
# It takes the first hit of a search by parts.
said["zed"] = [of(zed), words(wl.deactivate_user, zed)]
said["users"] = sorted(user.username() for user in wl.list_users())
print("\n" + json.dumps(said))
