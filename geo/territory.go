package geo

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"
)

// ErrInvalidTerritory is wrapped by every error about territories that cannot be used.
var ErrInvalidTerritory = errors.New("invalid territory")

// Territory is an area with a name of its own, in longitude and latitude. Its edges are straight in
// longitude and latitude, as GeoJSON has it, and must not cross the antimeridian: an area on both sides of it is two
// polygons (RFC 7946, section 3.1.9).
type Territory struct {
	ID   string
	Area orb.MultiPolygon // each polygon: the outer ring, then holes; every ring closed
}

// Territories finds the territory of a point. It never changes once made, so any number of goroutines may use it.
type Territories struct {
	parts []part
	ids   []string
}

// part is one polygon of a territory with the box around it.
type part struct {
	id    string
	bound orb.Bound
	shape orb.Polygon
}

// NewTerritories checks the territories and makes them searchable. Every error wraps
// [ErrInvalidTerritory] and names the territory: an id that is empty or occurs twice, an area without polygons, a
// polygon without rings, a ring that is not closed or has fewer than four points, an invalid point.
func NewTerritories(territories []Territory) (*Territories, error) {
	all := &Territories{}
	seen := map[string]bool{}
	for i, t := range territories {
		if t.ID == "" {
			return nil, fmt.Errorf("%w: number %d has no id", ErrInvalidTerritory, i+1)
		}
		if seen[t.ID] {
			return nil, fmt.Errorf("%w: id %q occurs twice", ErrInvalidTerritory, t.ID)
		}
		seen[t.ID] = true
		if err := validArea(t.Area); err != nil {
			return nil, fmt.Errorf("%w: %q: %w", ErrInvalidTerritory, t.ID, err)
		}
		all.ids = append(all.ids, t.ID)
		for _, shape := range t.Area.Clone() {
			all.parts = append(all.parts, part{id: t.ID, bound: shape.Bound(), shape: shape})
		}
	}
	return all, nil
}

func validArea(area orb.MultiPolygon) error {
	if len(area) == 0 {
		return errors.New("no polygon")
	}
	for i, shape := range area {
		if len(shape) == 0 { // planar.PolygonContains would panic
			return fmt.Errorf("polygon %d has no ring", i+1)
		}
		for j, ring := range shape {
			if len(ring) < 4 || ring[0] != ring[len(ring)-1] {
				return fmt.Errorf("polygon %d, ring %d is not closed or has fewer than four points", i+1, j+1)
			}
			for _, p := range ring {
				if err := ValidPoint(p); err != nil {
					return fmt.Errorf("polygon %d, ring %d: %w", i+1, j+1, err)
				}
			}
		}
	}
	return nil
}

// ParseTerritories reads a GeoJSON FeatureCollection of Polygon and MultiPolygon features. The id of a
// territory is the feature's property of the given name, a text or a whole number; with an empty name it
// is the feature's own id. Errors wrap [ErrInvalidTerritory].
func ParseTerritories(data []byte, idProperty string) ([]Territory, error) {
	collection, err := geojson.UnmarshalFeatureCollection(data)
	if err != nil {
		return nil, fmt.Errorf("%w: not a GeoJSON FeatureCollection: %w", ErrInvalidTerritory, err)
	}
	territories := make([]Territory, 0, len(collection.Features))
	for i, feature := range collection.Features {
		if feature == nil {
			return nil, fmt.Errorf("%w: feature %d is null", ErrInvalidTerritory, i+1)
		}
		id := feature.ID
		if idProperty != "" {
			id = feature.Properties[idProperty]
		}
		t := Territory{}
		switch id := id.(type) {
		case string:
			t.ID = id
		case float64:
			t.ID = strconv.FormatFloat(id, 'f', -1, 64)
		default:
			return nil, fmt.Errorf("%w: feature %d has no id that is a text or a number", ErrInvalidTerritory, i+1)
		}
		switch area := feature.Geometry.(type) {
		case orb.Polygon:
			t.Area = orb.MultiPolygon{area}
		case orb.MultiPolygon:
			t.Area = area
		default:
			return nil, fmt.Errorf("%w: feature %d is neither a polygon nor a multipolygon", ErrInvalidTerritory, i+1)
		}
		territories = append(territories, t)
	}
	return territories, nil
}

// Locate answers the id of the territory that p lies in; a point on an edge lies in. Where territories overlap, the
// one that came first wins. ok is false when p is in none, or invalid.
func (t *Territories) Locate(p orb.Point) (id string, ok bool) {
	if ValidPoint(p) != nil {
		return "", false
	}
	for i := range t.parts {
		part := &t.parts[i]
		if part.bound.Contains(p) && planar.PolygonContains(part.shape, p) {
			return part.id, true
		}
	}
	return "", false
}

// IDs are the ids of all territories, in their order.
func (t *Territories) IDs() []string { return append([]string(nil), t.ids...) }
