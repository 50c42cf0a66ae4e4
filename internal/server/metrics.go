package server

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"utsendt/internal/rpc"
)

// metrics is what an operator watches: calls by service and status, requests by state, technicians on duty, and the
// pool of connections.
type metrics struct {
	registry *prometheus.Registry
	calls    *prometheus.HistogramVec
	open     prometheus.Gauge
	// procedures are those that are served.
	procedures rpc.Access
}

func newMetrics(p *Parts) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(), procedures: Access(),
		calls: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "utsendt_http_seconds", Help: "Time of HTTP requests, streams excepted, by procedure and status.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"procedure", "status"}),
		open: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "utsendt_http_open", Help: "HTTP requests under way, open streams among them.",
		}),
	}
	m.registry.MustRegister(m.calls, m.open, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &domainCollector{parts: p})
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// count measures every request.
func (m *metrics) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.open.Inc()
		defer m.open.Dec()
		begun := time.Now()
		recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(recorder, r)
		procedure := m.procedureLabel(r.URL.Path)
		if strings.Contains(procedure, "/Watch") {
			return // as long as the client stays
		}
		m.calls.WithLabelValues(procedure, strconv.Itoa(recorder.status)).Observe(time.Since(begun).Seconds())
	})
}

// procedureLabel keeps the number of labels bounded: whatever is no procedure of ours is a page.
func (m *metrics) procedureLabel(path string) string {
	if strings.HasPrefix(path, "/utsendt.") {
		if _, known := m.procedures[path]; known {
			return path
		}
		return "unknown"
	}
	return "page"
}

// statusRecorder remembers the status. Unwrap lets streams flush.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (s *statusRecorder) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (s *statusRecorder) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// Flush is for those who look for http.Flusher.
func (s *statusRecorder) Flush() { _ = http.NewResponseController(s.ResponseWriter).Flush() }

// domainCollector asks the database when Prometheus asks us.
type domainCollector struct{ parts *Parts }

var (
	requestsDesc = prometheus.NewDesc("utsendt_open_requests", "Open service requests by state.", []string{"state"}, nil)
	onDutyDesc   = prometheus.NewDesc("utsendt_technicians_on_duty", "Technicians on duty.", nil, nil)
	poolDesc     = prometheus.NewDesc("utsendt_db_connections", "Connections of the pool.", []string{"use"}, nil)
)

func (c *domainCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- requestsDesc
	ch <- onDutyDesc
	ch <- poolDesc
}

func (c *domainCollector) Collect(ch chan<- prometheus.Metric) {
	stat := c.parts.DB.Pool.Stat()
	ch <- prometheus.MustNewConstMetric(poolDesc, prometheus.GaugeValue, float64(stat.AcquiredConns()), "busy")
	ch <- prometheus.MustNewConstMetric(poolDesc, prometheus.GaugeValue, float64(stat.IdleConns()), "idle")
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	counts, err := c.parts.Dispatch.Counts(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(requestsDesc, err)
		return
	}
	for state, n := range counts.Open {
		ch <- prometheus.MustNewConstMetric(requestsDesc, prometheus.GaugeValue, float64(n), string(state))
	}
	ch <- prometheus.MustNewConstMetric(onDutyDesc, prometheus.GaugeValue, float64(counts.OnDuty))
}
