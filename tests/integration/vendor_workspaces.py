"""What the vendor's Python client makes of a platform's workspaces; run by contract-vendor.ts. Prints one JSON object."""

import json
import os

import wallaroo

wl = wallaroo.Client(interactive=False)
ann, bob, operator = "ann@example.com", "bob@example.com", os.environ["WALLAROO_USER"]


def words(operation, *arguments):
    try:
        operation(*arguments)
    except Exception as error:
        return type(error).__name__ + ": " + str(error)
    return None


def members(workspace):
    return sorted(u if isinstance(u, str) else u.email() for u in wl.get_workspace(workspace).users())


# GraphQL makes the default workspace at its first use, and finds it the second time.
said = {"default": [wl.get_current_workspace().name()]}
wl._current_workspace = None
said["default"].append(wl.get_current_workspace().name())
made = wl.create_workspace("churn")
said["made"] = [made.id(), made.name(), made.created_by(), made.archived()]
said["again"] = words(wl.create_workspace, "churn")
said["names"] = sorted(workspace.name() for workspace in wl.list_workspaces())
said["users"] = [members("churn")]
said["add_user"] = words(made.add_user, ann)
said["add_owner"] = words(made.add_owner, bob)
said["users"].append(members("churn"))
# It refuses a member, and makes an owner of a member.
said["add_member"] = [words(made.add_user, ann), words(made.add_owner, ann)]
said["remove"] = [words(made.remove_user, bob), words(made.remove_user, bob)]
said["users"].append(members("churn"))
said["leave"] = words(made.remove_user, operator)
said["last"] = words(made.remove_user, ann)
said["own"] = words(wl.get_current_workspace().remove_user, operator)
said["gone"] = members("old")
said["contents"] = len(wl.get_workspace("old").pipelines())
print("\n" + json.dumps(said))
