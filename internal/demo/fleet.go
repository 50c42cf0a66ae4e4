package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"utsendt/dispatch"
	"utsendt/geo"
	"utsendt/portal"
	"utsendt/portal/transfer"
)

const (
	accountCount   = 40
	devicesPerSite = 3
	country        = "NO"
	timeZone       = "Europe/Oslo"
)

// rows are the cells of one file, in the order of transfer.ColumnNames.
type rows = [][]string

// printerModel is an invented model and the skills it takes.
type printerModel struct {
	name, skills, colour, counters, speed string
	// share of the devices, in twentieths.
	share int
}

// Four families: small black and white, colour, colour with finisher, and production.
var printerModels = []printerModel{
	{"Prøveskriver M100", "mono-a4", "false", "black", "24", 5},
	{"Prøveskriver M140", "mono-a4", "false", "black|scan", "40", 3},
	{"Prøveskriver C300", "colour-a3", "true", "black|colour", "30", 5},
	{"Prøveskriver C360", "colour-a3", "true", "black|colour|scan", "36", 2},
	{"Prøveskriver F500", "colour-a3|finisher", "true", "black|colour|black_a3|colour_a3|scan", "50", 2},
	{"Prøveskriver F560", "colour-a3|finisher", "true", "black|colour|black_a3|colour_a3|scan", "56", 1},
	{"Prøveskriver P900", "finisher|production", "true", "black|colour|black_a3|colour_a3", "90", 1},
	{"Prøveskriver P950", "finisher|production", "true", "black|colour|black_a3|colour_a3", "95", 1},
}

// faults are what can be wrong with it: no finishing without a finisher, no scanning without a counter of scans.
func (m printerModel) faults() string {
	cannot := func(category string) bool {
		return category == string(dispatch.Finishing) && !strings.Contains(m.skills, "finisher") ||
			category == string(dispatch.Scanning) && !strings.Contains(m.counters, "scan")
	}
	return strings.Join(slices.DeleteFunc(portal.FaultCategories(nil), cannot), "|")
}

var (
	businesses = []string{"Kontor", "Verksted", "Skole", "Lager", "Klinikk", "Hotell", "Trykkeri", "Bibliotek"}
	places     = []string{"Resepsjonen", "2. etasje", "Lageret", "Møterommet", "Tegnekontoret", "Ekspedisjonen", "Kantina", "Arkivet"}
)

// fleet makes the files of everything but people and technicians. The order in which numbers are drawn is
// part of what makes it the same every time.
func fleet() map[transfer.Kind]rows {
	draw := rand.New(rand.NewPCG(47, 1))
	files := make(map[transfer.Kind]rows)
	for i := 1; i <= accountCount; i++ {
		files[transfer.Accounts] = append(files[transfer.Accounts], []string{accountNumber(i), accountName(i), country, "nb"})
		if contract := contractOf(i); contract != nil {
			files[transfer.Contracts] = append(files[transfer.Contracts], contract)
		}
	}
	for _, m := range printerModels {
		files[transfer.Models] = append(files[transfer.Models], []string{m.name, m.skills, m.colour, m.counters, m.speed, m.faults()})
	}
	number := 0
	for _, t := range towns {
		files[transfer.PostalCodes] = append(files[transfer.PostalCodes],
			[]string{country, t.postalCode, t.name, degrees(t.centre.Lat()), degrees(t.centre.Lon())})
		for range t.sites {
			// Sites of one account are 40 apart, and so in different towns.
			account, site := number%accountCount+1, fmt.Sprintf("%02d", number/accountCount+1)
			at := t.near(draw)
			files[transfer.Sites] = append(files[transfer.Sites], []string{
				accountNumber(account), site, "Avdeling " + t.name, fmt.Sprintf("Eksempelveien %d", number+1), "", "",
				t.postalCode, t.name, country, degrees(at.Lat()), degrees(at.Lon()), []string{"rooftop", "street"}[draw.IntN(2)], timeZone,
				siteNotes[number%len(siteNotes)],
			})
			for range devicesPerSite {
				serial := fmt.Sprintf("DEMO-%06d", len(files[transfer.Devices])+1)
				contract := ""
				if c := contractOf(account); c != nil && draw.IntN(10) > 0 {
					contract = c[0]
				}
				files[transfer.Devices] = append(files[transfer.Devices], []string{
					serial, drawModel(draw).name, accountNumber(account), site, contract, places[draw.IntN(len(places))], "false",
				})
			}
			number++
		}
	}
	return files
}

func accountNumber(i int) string { return fmt.Sprintf("K-%d", 1000+i) }

func accountName(i int) string {
	return fmt.Sprintf("Eksempel %s %02d AS", businesses[(i-1)%len(businesses)], i)
}

// contractOf gives the contract of an account: three levels, and every tenth account without.
func contractOf(account int) []string {
	if account%10 == 0 {
		return nil
	}
	months, kinds := "1", "toner|waste_toner"
	if account%4 == 3 {
		months = "3"
	}
	if account%2 == 1 {
		kinds = "drum|staples|toner|waste_toner"
	}
	promise := [][2]string{{"4", "24"}, {"8", "48"}, {"24", ""}}[account%3]
	return []string{fmt.Sprintf("AV-%d", 2000+account), accountNumber(account), "2024-01-01", "", promise[0], promise[1], months, kinds}
}

func drawModel(draw *rand.Rand) printerModel {
	n := draw.IntN(20)
	for _, m := range printerModels {
		if n -= m.share; n < 0 {
			return m
		}
	}
	panic("demo: the shares of the models do not make twenty")
}

// near gives a point of the town, on land so far as a bearing can say.
func (t town) near(draw *rand.Rand) orb.Point {
	bearing := t.inland + (2*draw.Float64()-1)*t.spread
	return geo.Move(t.centre, bearing, 100+draw.Float64()*(t.reach-100))
}

// degrees writes a coordinate to about a metre.
func degrees(v float64) string { return strings.TrimRight(strconv.FormatFloat(v, 'f', 5, 64), "0") }

// siteNotes are what the office knows of getting in, in turn; of most sites nothing.
var siteNotes = []string{
	"Inngang bak, gjennom porten. Nøkkel i resepsjonen.", "", "", "Meld deg hos vakten i 1. etasje. Heisen går bare med kort.",
	"", "Varemottaket er åpent 07–15. Ring på kontaktens telefon når du er der.",
}
