import pulumi
import pulumi_wallaroo as wallaroo

ann = wallaroo.User("ann", email="ann@example.com")

science = wallaroo.Team(
    "science",
    members={
        "bob@example.com": {"enabled": ann.enabled},
        "cid@example.com": {"enabled": False, "on_destroy": "retain"},
    },
    # A team does not see the users of the program by itself.
    opts=pulumi.ResourceOptions(depends_on=[ann]),
)

found = wallaroo.get_user_output(id=ann.id)

pulumi.export("annId", ann.id)
pulumi.export("annSince", found.created_at)
pulumi.export("bobId", science.ids["bob@example.com"])
# A secret: `pulumi stack output annPassword --show-secrets`.
pulumi.export("annPassword", ann.initial_password)
