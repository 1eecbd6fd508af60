

import django.db.models.deletion
import exceptions.models.keys
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exceptions', '0007_episodes_of_training'),
        ('training', '0002_rules_in_the_database'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HubTransfer',
            fields=[
                ('id', models.UUIDField(default=exceptions.models.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('direction', models.CharField(choices=[('push', 'Push'), ('pull', 'Load')], max_length=4)),
                ('repo', models.CharField(max_length=200)),
                ('revision', models.CharField(blank=True, max_length=200)),
                ('private', models.BooleanField(default=True)),
                ('base_model', models.CharField(blank=True, max_length=1000)),
                ('name', models.CharField(blank=True, max_length=150)),
                ('player_version', models.PositiveIntegerField(null=True)),
                ('status', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('succeeded', 'Succeeded'), ('failed', 'Failed'), ('cancelled', 'Stopped')], default='queued', max_length=10)),
                ('error', models.TextField(blank=True)),
                ('commit', models.CharField(blank=True, max_length=64)),
                ('url', models.CharField(blank=True, max_length=500)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('enqueued_at', models.DateTimeField(null=True)),
                ('lease_expires_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('player', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='hub_transfers', to='exceptions.player')),
            ],
            options={
                'indexes': [models.Index(fields=['-created_at', '-id'], name='hub_transfer_newest'), models.Index(condition=models.Q(('status__in', ['queued', 'running'])), fields=['status'], name='hub_transfer_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('direction', 'push'), ('player__isnull', False)), ('direction', 'pull'), _connector='OR'), name='a_push_has_a_player'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('status__in', ['queued', 'running'])), models.Q(('ended_at__isnull', False), ('status__in', ['succeeded', 'failed'])), _connector='OR'), name='hub_transfer_end_has_a_time')],
            },
        ),
    ]
