"""Policy targets measured: from what is known to met, short by so much, or not to be judged."""
