package incident

import "foresight/models"

// PriorityOf is ITIL's matrix: 1 where impact and urgency are both high, 5 where both are low.
func PriorityOf(impact, urgency models.Grade) models.Priority {
	return models.Priority(int(grade(impact)) + int(grade(urgency)) - 1)
}

// grade takes what is no grade for medium.
func grade(g models.Grade) models.Grade {
	if g < models.GradeHigh || g > models.GradeLow {
		return models.GradeMedium
	}
	return g
}
