"""`make run`: one supervisor over the embedded servers, the site, its workers and beat, on one machine."""
