"""Group relative policy optimisation: groups of rollouts, rewards, advantages, loss, update; each a small module."""
