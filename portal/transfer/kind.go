package transfer

import "utsendt/internal/fault"

// Kind is what the rows of one file are.
type Kind string

// The kinds.
const (
	PostalCodes       Kind = "postal_codes"
	Accounts          Kind = "accounts"
	Sites             Kind = "sites"
	Models            Kind = "models"
	Contracts         Kind = "contracts"
	Devices           Kind = "devices"
	Technicians       Kind = "technicians"
	People            Kind = "people"
	Registrations     Kind = "registrations"
	CountrySettings   Kind = "country_settings"
	Readings          Kind = "readings"
	CorrectedReadings Kind = "corrected_readings"
	Supplies          Kind = "supplies"
	DeliveryAddresses Kind = "delivery_addresses"
	SupplyOrders      Kind = "supply_orders"
	AddressChanges    Kind = "address_changes"
	Articles          Kind = "articles"
)

// Kinds lists all kinds in the order in which they must be imported: each refers only to those before it.
func Kinds() []Kind {
	kinds := make([]Kind, len(tables))
	for i, t := range tables {
		kinds[i] = t.kind
	}
	return kinds
}

// FileName is what ExportAll calls the file of the kind and ImportAll looks for.
func (k Kind) FileName() string {
	if k == PostalCodes {
		return string(k) + ".txt"
	}
	return string(k) + ".csv"
}

// tables holds what is particular to each kind, in the order of Kinds.
var tables = []*table{
	&postalCodes, &accounts, &sites, &models, &contracts, &devices, &technicians, &people,
	&registrations, &countrySettings, &readings, &correctedReadings, &supplies, &deliveryAddresses, &supplyOrders,
	&addressChanges, &articles,
}

func tableOf(k Kind) (*table, error) {
	for _, t := range tables {
		if t.kind == k {
			return t, nil
		}
	}
	return nil, fault.NewInvalid("kind", "kind_unknown", "There is no kind of file called "+string(k)+".")
}
