package regress

// block is a group of coefficients that share one prior variance.
type block uint8

const (
	blockLevel    block = iota // the intercept: practically free
	blockSlope                 // growth a year
	blockBend                  // changes of the growth a year
	blockStep                  // changes of level every stepDays
	blockShift                 // level shifts that were detected
	blockWeekday               // seven days
	blockWeekend               // Saturday and Sunday within the weeks before Christmas
	blockYear                  // Fourier pairs, or months
	blockMonthDay              // hats over the day of the month
	blockPayday                // days around a known payday
	blockDecember              // dates around Christmas and New Year
	blockRamp                  // growth towards Christmas
	blockLead                  // days of the weeks before Christmas and Black Friday
	blockClass                 // what occasions of one kind have in common
	blockLarge                 // public holidays and feasts
	blockSmall                 // every other occasion
	blockOwn                   // the user's own events
	numBlocks
)

// strength is the prior knowledge of a block: the standard deviation of its
// coefficients on the log scale, whether the data may change it, and between which
// values they may do so.
type strength struct {
	sd, least, most float64
	fixed           bool
}

// strengths are the values that worked on daily retail and transaction series;
// each is where the estimation starts and what it is pulled towards. An occasion's
// is no smaller than it was: most days of a calendar move nothing, and would shrink
// the one that is the year's peak.
var strengths = [numBlocks]strength{
	blockLevel:    {sd: 10, fixed: true},
	blockSlope:    {sd: .05, most: 3},
	blockBend:     {sd: .03, most: 2},
	blockStep:     {sd: .03, most: .15},
	blockShift:    {sd: 1, fixed: true},
	blockWeekday:  {sd: .3, most: 3},
	blockWeekend:  {sd: .1, most: .5},
	blockYear:     {sd: .07, most: 2},
	blockMonthDay: {sd: .02, most: .5},
	blockPayday:   {sd: .03, most: .5},
	blockDecember: {sd: .25, most: 2},
	blockRamp:     {sd: .4, most: 2},
	blockLead:     {sd: .015, most: .5},
	blockClass:    {sd: .05, most: 1},
	blockLarge:    {sd: .1, least: .1, most: 1},
	blockSmall:    {sd: .05, least: .05, most: 1},
	blockOwn:      {sd: 1, fixed: true},
}

// defaultPrior returns the strengths before any data.
func defaultPrior() *Prior {
	p := &Prior{sigma: .1}
	for b, s := range strengths {
		p.tau[b] = s.sd
	}
	return p
}

// single reports whether a block's columns belong to one occasion each.
func (b block) single() bool {
	return b == blockDecember || b == blockLead || b == blockLarge || b == blockSmall || b == blockOwn
}

// trend reports whether a block's columns belong to the trend.
func (b block) trend() bool { return b <= blockShift }

// narrow takes the share of each strength.
func (p *Prior) narrow(share [numBlocks]float64) {
	for b := range p.tau {
		if !strengths[b].fixed {
			p.tau[b] *= share[b]
		}
	}
}
