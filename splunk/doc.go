// Package splunk asks Splunk for series and knows what a complete answer is. It
// turns a models.Query into searches (Plan), runs them through a Searcher, and
// turns their rows into a models.Fetched (Source). It knows nothing of HTTP: the
// Searcher does (package enterprise), nor of forecasting.
//
// # The shape of a search
//
// A configured value never changes the shape of the SPL. The base search is
// checked (CheckQuery) and put in parentheses, measures go through a parser and
// are printed anew, field names are quoted. Buckets are numbered by arithmetic on
// _time, so that the search user's time zone has no say:
//
//	search (index=web) | eval fs_epoch=floor(_time/3600)*3600
//	  | stats count as fs_value by fs_epoch | sort 0 fs_epoch | table fs_epoch fs_value
//
// # Days, weeks and months
//
// A day is local: floor((_time+offset)/86400)*86400-offset within a stretch of one
// UTC offset, and a search of its own for each day of 23 or 25 hours. Weeks (from
// Monday) and months are combined from days in Go where the measure allows it
// (count, sum, avg, max, min, last); distinct counts and percentiles cannot be
// combined, so that each of their weeks and months (with tstats each day too) is a
// search of its own.
//
// # Splits
//
// Parts come in long form, a row for each bucket and value; timechart's limit, OTHER
// and NULL are never used. The total is made of all parts, of values beyond Split.Max
// and of events without the field; where parts do not combine, and with tstats, which
// leaves out what lacks the field, it is a search of its own. A chunk that returns more
// rows than the client takes (ReasonTooLarge) is read again in halves.
package splunk
