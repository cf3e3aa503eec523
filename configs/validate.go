package configs

func validate(d *decoder, f *file) {
	if len(f.Customers) == 0 {
		d.fail("customers", "no customers; list at least one")
	}
}
