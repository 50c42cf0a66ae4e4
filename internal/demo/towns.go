package demo

import "github.com/paulmach/orb"

// town is a real town and how much of the fleet is there.
type town struct {
	name       string
	postalCode string
	// centre is {longitude, latitude}.
	centre orb.Point
	// sites is how many of the 100 sites are here.
	sites int
	// inland is the bearing, in degrees, that leads away from fjord or lake; sites lie within spread degrees
	// of it and at most reach metres from the centre.
	inland, spread, reach float64
}

var towns = []town{
	{"Oslo", "0150", orb.Point{10.7522, 59.9139}, 20, 20, 70, 3000},
	{"Bergen", "5014", orb.Point{5.3221, 60.3913}, 9, 170, 30, 2500},
	{"Trondheim", "7011", orb.Point{10.3951, 63.4305}, 8, 180, 50, 2500},
	{"Stavanger", "4006", orb.Point{5.7331, 58.9700}, 6, 205, 35, 2500},
	{"Tromsø", "9008", orb.Point{18.9553, 69.6492}, 5, 345, 25, 1800},
	{"Bodø", "8006", orb.Point{14.4049, 67.2804}, 4, 85, 20, 2000},
	{"Kristiansand", "4611", orb.Point{7.9956, 58.1467}, 4, 320, 35, 2000},
	{"Drammen", "3015", orb.Point{10.2045, 59.7439}, 4, 330, 40, 1800},
	{"Fredrikstad", "1606", orb.Point{10.9298, 59.2181}, 3, 20, 45, 2000},
	{"Sandnes", "4306", orb.Point{5.7361, 58.8517}, 3, 200, 45, 2000},
	{"Ålesund", "6002", orb.Point{6.1495, 62.4722}, 3, 90, 10, 1500},
	{"Tønsberg", "3110", orb.Point{10.4076, 59.2675}, 3, 330, 40, 1800},
	{"Haugesund", "5525", orb.Point{5.2680, 59.4138}, 3, 80, 40, 1500},
	{"Moss", "1530", orb.Point{10.6577, 59.4340}, 3, 80, 45, 1800},
	{"Hamar", "2317", orb.Point{11.0680, 60.7945}, 3, 45, 45, 1800},
	{"Lillehammer", "2609", orb.Point{10.4662, 61.1153}, 2, 70, 45, 1500},
	{"Molde", "6413", orb.Point{7.1591, 62.7375}, 2, 20, 40, 1200},
	{"Harstad", "9405", orb.Point{16.5415, 68.7986}, 2, 265, 35, 1500},
	{"Kirkenes", "9900", orb.Point{30.0450, 69.7271}, 2, 195, 30, 1200},
	{"Alta", "9510", orb.Point{23.2717, 69.9689}, 2, 170, 40, 1500},
	{"Narvik", "8514", orb.Point{17.4273, 68.4385}, 2, 110, 40, 1200},
	{"Steinkjer", "7713", orb.Point{11.4954, 64.0149}, 2, 60, 50, 1500},
	{"Gjøvik", "2815", orb.Point{10.6916, 60.7957}, 2, 280, 45, 1500},
	{"Arendal", "4836", orb.Point{8.7725, 58.4615}, 2, 320, 35, 1500},
	{"Hammerfest", "9600", orb.Point{23.6821, 70.6634}, 1, 90, 25, 800},
}
