"""What is written once stays as it is, held by Postgres itself."""

from django.db import migrations

WRITTEN_ONCE = ["trainingdataset", "modellineage", "traininglogline"]


def _written_once(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON training_{table} "
        "FOR EACH ROW EXECUTE FUNCTION exceptions_refuse_change()",
        f"DROP TRIGGER written_once ON training_{table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0001_initial"),
        ("exceptions", "0002_rules_in_the_database"),
    ]

    operations = [_written_once(table) for table in WRITTEN_ONCE]
