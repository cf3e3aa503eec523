"""What the alert actions, the search command and the set-up page of Foresight's app share."""
