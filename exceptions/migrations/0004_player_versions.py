"""What a player was in each of its versions, kept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def keep_the_present_versions(apps, schema_editor):
    Player = apps.get_model("exceptions", "Player")
    PlayerVersion = apps.get_model("exceptions", "PlayerVersion")
    PlayerVersion.objects.bulk_create(
        PlayerVersion(player=player, number=player.version, config=player.config)
        for player in Player.objects.exclude(kind="human")
    )


class Migration(migrations.Migration):
    dependencies = [
        ("exceptions", "0003_evaluated_episodes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PlayerVersion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("config", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "player",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="exceptions.player"
                    ),
                ),
            ],
            options={"ordering": ["-number"]},
        ),
        migrations.AddConstraint(
            model_name="playerversion",
            constraint=models.UniqueConstraint(fields=("player", "number"), name="one_player_version_per_number"),
        ),
        migrations.RunSQL(
            "CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON exceptions_playerversion "
            "FOR EACH ROW EXECUTE FUNCTION exceptions_refuse_change()",
            "DROP TRIGGER written_once ON exceptions_playerversion",
        ),
        migrations.RunPython(keep_the_present_versions, migrations.RunPython.noop),
    ]
