package demo

// Carriers are made up, and their pages lead nowhere: the settings of server.Config.
var Carriers = []string{
	"Eksempelpost=https://eksempelpost.example.com/spor/{number}",
	"Demo Bud=https://demobud.example.com/track?parcel={number}&lang=nb",
}
