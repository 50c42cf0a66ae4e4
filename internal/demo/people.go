package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"utsendt/internal/identity"
	"utsendt/portal/transfer"
)

// Password is what everybody in the demo signs in with. It is no secret: the demo is for looking at.
const Password = "utsendt-demo"

const technicianCount = 60

// SignIn is somebody who can sign in.
type SignIn struct {
	UserID string
	Role   identity.Role
	// Name is first and last name.
	Name string
	// About says whose it is: the account's name, or the technician's number and town; may be empty.
	About string
}

// skillSets are what technicians of one town know, in turn; the first of each town knows everything.
var skillSets = []string{
	"colour-a3|finisher|mono-a4|production", "colour-a3|mono-a4", "colour-a3|finisher", "mono-a4", "finisher|production",
}

// The parts that vans carry, in the order of their numbers, and what they are called.
var parts = []part{
	{"DEMO-BELT", "Overføringsbelte", "Transfer belt", "other"}, {"DEMO-BLADE", "Renseblad", "Cleaning blade", "other"},
	{"DEMO-CLUTCH", "Kløtsj", "Clutch", "other"}, {"DEMO-DRUM", "Trommel", "Drum", "drum"}, {"DEMO-FAN", "Vifte", "Fan", "other"},
	{"DEMO-FUSER", "Fikseringsenhet", "Fuser", "fuser"}, {"DEMO-LASER", "Laserenhet", "Laser unit", "other"},
	{"DEMO-MOTOR", "Motor", "Motor", "other"}, {"DEMO-ROLLER", "Matevalse", "Feed roller", "other"},
	{"DEMO-SENSOR", "Papirføler", "Paper sensor", "other"}, {"DEMO-STAPLER", "Stifteenhet", "Stapler", "other"},
	{"DEMO-TRAY", "Papirmagasin", "Paper tray", "other"},
}

type part struct{ number, nb, en, kind string }

// Plainly invented; no one is called so.
var firstNames = []string{"Testa", "Prøvar", "Demo", "Øvar", "Mønstera", "Skissar", "Utkasta", "Forsøkar"}

// posting is one technician's town.
type posting struct {
	town town
	// turn counts the technicians of the town from 0.
	turn int
}

// postings spread the technicians: one for each town, the others where there are most sites for each.
func postings() []posting {
	count := make([]int, len(towns))
	for i := range technicianCount {
		best := i
		if i >= len(towns) {
			best = 0
			for j := range towns {
				if towns[j].sites*count[best] > towns[best].sites*count[j] {
					best = j
				}
			}
		}
		count[best]++
	}
	var all []posting
	for i, t := range towns {
		for turn := range count[i] {
			all = append(all, posting{t, turn})
		}
	}
	return all
}

func technicianRows() rows {
	draw := rand.New(rand.NewPCG(47, 2))
	var technicians rows
	for i, p := range postings() {
		home := p.town.near(draw)
		var van []string
		for _, one := range parts {
			van = append(van, fmt.Sprintf("%s=%d", one.number, draw.IntN(5)))
		}
		technicians = append(technicians, []string{
			technicianNumber(i + 1), firstNames[i%len(firstNames)], fmt.Sprintf("Tekniker-%02d", i+1), fmt.Sprintf("+47 000 00 %03d", i+1),
			fmt.Sprintf("tekniker%02d@example.com", i+1), skillSets[p.turn%len(skillSets)], degrees(home.Lat()), degrees(home.Lon()),
			p.town.postalCode[:1], "00:00", "23:59", timeZone, "true", strings.Join(van, "|"),
		})
	}
	return technicians
}

func technicianNumber(i int) string { return fmt.Sprintf("T-%02d", i) }

func peopleRows() rows {
	var people rows
	add := func(id string, role identity.Role, account, technician, first, last string) {
		people = append(people, []string{id, string(role), account, technician, first, last, id + "@example.com", "", "nb", "false", "", "", ""})
	}
	for i := 1; i <= accountCount; i++ {
		add(fmt.Sprintf("kunde%02d", i), identity.RoleCustomer, accountNumber(i), "", firstNames[i%len(firstNames)], fmt.Sprintf("Kunde-%02d", i))
	}
	for i := 1; i <= technicianCount; i++ {
		add(fmt.Sprintf("tekniker%02d", i), identity.RoleTechnician, "", technicianNumber(i), firstNames[(i-1)%len(firstNames)], fmt.Sprintf("Tekniker-%02d", i))
	}
	add("sentral1", identity.RoleDispatcher, "", "", "Demo", "Sentral-1")
	add("sentral2", identity.RoleDispatcher, "", "", "Testa", "Sentral-2")
	add("admin", identity.RoleAdmin, "", "", "Demo", "Admin")
	return people
}

// SignIns lists everybody who can sign in, all with Password: dispatchers and admin first, then customers,
// then technicians.
func SignIns() []SignIn {
	where := postings()
	var all []SignIn
	for _, p := range peopleRows() {
		s := SignIn{UserID: p[0], Role: identity.Role(p[1]), Name: p[4] + " " + p[5]}
		var n int
		switch s.Role {
		case identity.RoleCustomer:
			if _, err := fmt.Sscanf(s.UserID, "kunde%d", &n); err == nil {
				s.About = accountName(n)
			}
		case identity.RoleTechnician:
			if _, err := fmt.Sscanf(s.UserID, "tekniker%d", &n); err == nil {
				s.About = p[3] + ", " + where[n-1].town.name
			}
		default:
		}
		all = append(all, s)
	}
	first := slices.IndexFunc(all, func(s SignIn) bool { return s.Role == identity.RoleDispatcher })
	return append(slices.Clone(all[first:]), all[:first]...)
}

// files makes all files of a demo that is loaded at a time.
func files(at time.Time) map[transfer.Kind]rows {
	all := fleet()
	all[transfer.Technicians] = technicianRows()
	all[transfer.People] = peopleRows()
	all[transfer.Registrations] = registrationRows(all[transfer.Devices], at)
	all[transfer.CountrySettings] = rows{{country, "true"}}
	all[transfer.Readings] = readingRows(all[transfer.Models], all[transfer.Devices], at)
	all[transfer.Supplies] = supplyRows()
	all[transfer.DeliveryAddresses] = deliveryRows(all)
	all[transfer.SupplyOrders] = orderRows(all, at)
	all[transfer.AddressChanges] = addressChangeRows(all, at)
	all[transfer.Articles] = articleRows()
	return all
}
