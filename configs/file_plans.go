package configs

// filePlan is what the business intends, as it is written.
type filePlan struct {
	ID        string    `yaml:"id" jsonschema:"required" jsonschema_description:"Never changes; unique among the customer's plans."`
	Name      string    `yaml:"name" jsonschema_description:"For people, and of its component in the forecast; may change (default: the id)."`
	Kind      string    `yaml:"kind" jsonschema:"required,enum=growth,enum=campaign,enum=effect,enum=capacity" jsonschema_description:"growth: every bucket times factor; campaign: what past days or an event did, once more; effect: a factor or an amount on some days; capacity: amount more of the limit from a day on, only as a what-if."`
	Signals   []string  `yaml:"signals" jsonschema:"required,minItems=1" jsonschema_description:"service/signal, or a service for all of its counts. What is relative also holds for the parts of a split, an amount for the total alone."`
	From      date      `yaml:"from" jsonschema:"required" jsonschema_description:"First day."`
	To        date      `yaml:"to" jsonschema_description:"Last day, included (default: no end for growth and capacity, the first day for an effect, as long as what it is like for a campaign)."`
	Factor    *float64  `yaml:"factor" jsonschema_description:"Of growth or effect: 1.2 is a fifth more."`
	Amount    *float64  `yaml:"amount" jsonschema_description:"Of effect: so much more a day, in the signal's unit, below 0 for less; of capacity: so much more of the limit."`
	Low       *float64  `yaml:"low" jsonschema_description:"5 % quantile of factor or amount, with high (default: it is certain)."`
	High      *float64  `yaml:"high" jsonschema_description:"95 % quantile of factor or amount, with low."`
	Like      *fileLike `yaml:"like" jsonschema_description:"Of a campaign: the past that it repeats."`
	Committed flag      `yaml:"committed" jsonschema_description:"true: decided, and part of every forecast; false: a what-if told beside it (default false)."`
	Author    string    `yaml:"author" jsonschema_description:"Who says so; needed with committed."`
	DecidedOn date      `yaml:"decided_on" jsonschema_description:"Day on which it was decided; a replay of an earlier day does not see it; needed with committed."`
	Note      string    `yaml:"note" jsonschema_description:"For people."`
}

type fileLike struct {
	From  date   `yaml:"from" jsonschema_description:"First day of the past campaign."`
	To    date   `yaml:"to" jsonschema_description:"Its last day, included (default: the first)."`
	Event string `yaml:"event" jsonschema_description:"An event of the calendar or a feast by its name, instead of days."`
}

// fileOverride is a planner's own figure, as it is written.
type fileOverride struct {
	ID        string   `yaml:"id" jsonschema:"required" jsonschema_description:"Never changes; unique among the customer's overrides."`
	Signals   []string `yaml:"signals" jsonschema:"required,minItems=1" jsonschema_description:"service/signal, or a service for all of its counts."`
	From      date     `yaml:"from" jsonschema:"required" jsonschema_description:"First day."`
	To        date     `yaml:"to" jsonschema_description:"Last day, included (default: the first)."`
	Value     *float64 `yaml:"value" jsonschema_description:"The day's total that the planner expects; or factor."`
	Factor    *float64 `yaml:"factor" jsonschema_description:"Of the forecast's median: 1.1 is a tenth more; or value."`
	Author    string   `yaml:"author" jsonschema:"required" jsonschema_description:"Who says so."`
	Reason    string   `yaml:"reason" jsonschema:"required" jsonschema_description:"Why."`
	DecidedOn date     `yaml:"decided_on" jsonschema_description:"Day on which it was made; a replay of an earlier day does not see it (default: always known)."`
	Expires   date     `yaml:"expires" jsonschema_description:"Last day on which it is carried (default: its last day)."`
}
