"""What no code may get wrong, held by Postgres itself: what is written once, in which order steps come, and references."""

from django.db import migrations

REFUSE_CHANGE = """
CREATE FUNCTION exceptions_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
WRITTEN_ONCE = ["caseversion", "groundtruthrecord", "document", "uploadeddocument", "step", "revision", "grade"]

STEPS_IN_ORDER = """
CREATE FUNCTION exceptions_steps_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last_number integer;
    episode_status text;
BEGIN
    SELECT status INTO episode_status FROM exceptions_episode WHERE id = NEW.episode_id;
    IF episode_status <> 'running' THEN
        RAISE EXCEPTION 'episode % is %: it takes no step', NEW.episode_id, episode_status
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    SELECT coalesce(max(number), 0) INTO last_number FROM exceptions_step WHERE episode_id = NEW.episode_id;
    IF NEW.number <> last_number + 1 THEN
        RAISE EXCEPTION 'step % of episode % does not follow step %', NEW.number, NEW.episode_id, last_number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER steps_in_order BEFORE INSERT ON exceptions_step
    FOR EACH ROW EXECUTE FUNCTION exceptions_steps_in_order();
"""

ENDED_EPISODES_STAY = """
CREATE FUNCTION exceptions_ended_episodes_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'episode % may not be deleted', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.status = 'ended' THEN
        RAISE EXCEPTION 'episode % has ended and stays as it is', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.steps_used < OLD.steps_used THEN
        RAISE EXCEPTION 'episode % may not lose steps', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ended_episodes_stay BEFORE UPDATE OR DELETE ON exceptions_episode
    FOR EACH ROW EXECUTE FUNCTION exceptions_ended_episodes_stay();
"""


def _written_once(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON exceptions_{table} "
        "FOR EACH ROW EXECUTE FUNCTION exceptions_refuse_change()",
        f"DROP TRIGGER written_once ON exceptions_{table}",
    )


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0001_initial")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE exceptions_case_reference START 1001", "DROP SEQUENCE exceptions_case_reference"),
        migrations.RunSQL(REFUSE_CHANGE, "DROP FUNCTION exceptions_refuse_change"),
        *[_written_once(table) for table in WRITTEN_ONCE],
        migrations.RunSQL(
            STEPS_IN_ORDER, "DROP TRIGGER steps_in_order ON exceptions_step; DROP FUNCTION exceptions_steps_in_order"
        ),
        migrations.RunSQL(
            ENDED_EPISODES_STAY,
            "DROP TRIGGER ended_episodes_stay ON exceptions_episode; DROP FUNCTION exceptions_ended_episodes_stay",
        ),
    ]
