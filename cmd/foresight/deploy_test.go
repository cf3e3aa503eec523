package main

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/configs"
	"foresight/internal/app"
	"foresight/internal/web"
)

const deploy = "../../deploy"

func deployed(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(deploy, name))
	require.NoError(t, err)
	return string(text)
}

// wellCalled wants a command line to be one that the program takes.
func wellCalled(t *testing.T, args []string) {
	t.Helper()
	root := newRoot(app.New("test"))
	command, rest, err := root.Find(args)
	require.NoError(t, err)
	require.NotEqual(t, root, command, "%v names no command", args)
	require.NoError(t, command.ParseFlags(rest), "%v", args)
	require.NoError(t, command.ValidateArgs(command.Flags().Args()), "%v", args)
}

// directives are the keys of a unit's section with all their values.
func directives(t *testing.T, unit, section string) map[string][]string {
	t.Helper()
	_, text, found := strings.Cut(unit, "\n["+section+"]\n")
	require.True(t, found, "no section %s", section)
	text, _, _ = strings.Cut(text, "\n[")
	all := map[string][]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, value, isPair := strings.Cut(line, "=")
		require.True(t, isPair, line)
		all[key] = append(all[key], value)
	}
	return all
}

func TestSystemdUnitStartsWhatThereIs(t *testing.T) {
	unit := deployed(t, "systemd/foresight.service")
	service := directives(t, unit, "Service")
	command := strings.Fields(service["ExecStart"][0])
	assert.Equal(t, "/usr/local/bin/foresight", command[0])
	wellCalled(t, command[1:])
	assert.Contains(t, unit, "install -m 0755 bin/foresight "+command[0], "its head says where the program goes")
	assert.Equal(t, []string{"/bin/kill -HUP $MAINPID"}, service["ExecReload"], "TestProcessReloadsItsConfiguration shows what that does")
	// 2 must be what a wrong configuration exits with.
	assert.Equal(t, []string{"2"}, service["RestartPreventExitStatus"])
	assert.Equal(t, app.ExitUsage, plain(t, command[1], "-c", filepath.Join(t.TempDir(), "none.yml")).code)
	// The head's lines of configuration find their credentials, and what they write lies in the state.
	credential := regexp.MustCompile(`CREDENTIALS_DIRECTORY\}/([a-z-]+)`)
	var wanted, given []string
	for _, c := range credential.FindAllStringSubmatch(unit, -1) {
		wanted = append(wanted, c[1])
	}
	for _, c := range service["LoadCredential"] {
		id, _, _ := strings.Cut(c, ":")
		given = append(given, id)
	}
	assert.ElementsMatch(t, wanted, given)
	for _, dir := range regexp.MustCompile(`dir: "([^"]+)"`).FindAllStringSubmatch(unit, -1) {
		assert.True(t, strings.HasPrefix(dir[1], "${STATE_DIRECTORY:-/var/lib/"+service["StateDirectory"][0]+"}/"), dir[1])
	}
	for _, hardened := range []string{"NoNewPrivileges=yes", "ProtectSystem=strict", "MemoryMax=", "User=" + strings.Fields(deployed(t, "systemd/foresight.sysusers"))[6]} {
		assert.Contains(t, unit, "\n"+hardened)
	}
}

func TestSystemdTakesTheUnit(t *testing.T) {
	verify, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("needs systemd-analyze, which not every machine has: .ci/run's Debian does where systemd is installed")
	}
	// It wants the program to be there.
	unit := strings.ReplaceAll(deployed(t, "systemd/foresight.service"), "/usr/local/bin/foresight", "/bin/true")
	file := filepath.Join(t.TempDir(), "foresight.service")
	require.NoError(t, os.WriteFile(file, []byte(unit), 0o600))
	out, err := exec.CommandContext(t.Context(), verify, "verify", file).CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.Empty(t, string(out))
}

func TestContainerStartsWhatThereIs(t *testing.T) {
	text := deployed(t, "container/Containerfile")
	last := func(instruction string) string {
		all := regexp.MustCompile(`(?m)^`+instruction+` (.*)$`).FindAllStringSubmatch(text, -1)
		require.NotEmpty(t, all, instruction)
		return all[len(all)-1][1]
	}
	var entry, args []string
	require.NoError(t, json.Unmarshal([]byte(last("ENTRYPOINT")), &entry))
	require.NoError(t, json.Unmarshal([]byte(last("CMD")), &args))
	wellCalled(t, args)
	assert.Contains(t, text, " /out/foresight "+entry[0]+"\n")
	assert.Regexp(t, `^[1-9]\d*:[1-9]\d*$`, last("USER"), "a number that Kubernetes can see is not root")
	assert.Contains(t, text, "/out/state "+last("VOLUME"))
	for _, dir := range regexp.MustCompile(`dir: (/[a-z/]+)`).FindAllStringSubmatch(text, -1) {
		assert.True(t, strings.HasPrefix(dir[1], last("VOLUME")+"/"), "%s is read-only", dir[1])
	}
	gomod, err := os.ReadFile("../../go.mod")
	require.NoError(t, err)
	wants := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(string(gomod))[1]
	assert.Contains(t, text, "golang:"+wants+"\n", "the Go of go.mod builds it")
}

// object is a Kubernetes object, as far as these tests look.
type object struct {
	Kind     string
	Metadata struct{ Name string }
	Spec     struct {
		Replicas int
		Selector any
		Ports    []struct{ TargetPort string }
		Template struct {
			Metadata struct{ Labels map[string]string }
			Spec     podSpec
		}
	}
}

type podSpec struct {
	AutomountServiceAccountToken *bool
	SecurityContext              struct{ RunAsNonRoot bool }
	Containers                   []container
	Volumes                      []struct {
		Name      string
		ConfigMap *struct{ Name string }
		Secret    *struct{ SecretName string }
		EmptyDir  *struct{ SizeLimit string }
	}
}

type container struct {
	Image string
	Args  []string
	Ports []struct {
		Name          string
		ContainerPort int
	}
	LivenessProbe, ReadinessProbe, StartupProbe probe
	Resources                                   struct{ Requests, Limits map[string]string }
	SecurityContext                             struct {
		AllowPrivilegeEscalation, ReadOnlyRootFilesystem *bool
		Capabilities                                     struct{ Drop []string }
	}
	VolumeMounts []struct {
		Name, MountPath string
		ReadOnly        bool
	}
}

type probe struct{ HTTPGet struct{ Path, Port string } }

// objects reads the files that the kustomization lists.
func objects(t *testing.T) map[string]object {
	t.Helper()
	var k struct {
		Resources          []string
		Images             []struct{ Name string }
		ConfigMapGenerator []struct {
			Name  string
			Files []string
		}
	}
	require.NoError(t, yaml.Unmarshal(lower(deployed(t, "kubernetes/kustomization.yaml")), &k))
	all := map[string]object{}
	for _, file := range k.Resources {
		for document := range strings.SplitSeq(deployed(t, "kubernetes/"+file), "\n---\n") {
			var o object
			require.NoError(t, yaml.Unmarshal(lower(document), &o), file)
			all[o.Kind+" "+o.Metadata.Name] = o
		}
	}
	require.Equal(t, "foresight", k.ConfigMapGenerator[0].Name)
	require.Equal(t, []string{"foresight.yml"}, k.ConfigMapGenerator[0].Files)
	require.Equal(t, all["Deployment foresight"].Spec.Template.Spec.Containers[0].Image, k.Images[0].Name)
	return all
}

// lower writes keys as the decoder expects a field without a tag: in lower case.
func lower(text string) []byte {
	return []byte(regexp.MustCompile(`[A-Za-z]+:`).ReplaceAllStringFunc(text, strings.ToLower))
}

func TestKubernetesObjectsFitTheProgram(t *testing.T) {
	all := objects(t)
	d := all["Deployment foresight"].Spec
	assert.Equal(t, 2, d.Replicas)
	pod := d.Template.Spec
	require.Len(t, pod.Containers, 1)
	c := pod.Containers[0]
	wellCalled(t, c.Args)
	dir := t.TempDir() // the secrets are not there: LoadOffline warns of them
	file := filepath.Join(dir, "foresight.yml")
	require.NoError(t, os.WriteFile(file, []byte(deployed(t, "kubernetes/foresight.yml")), 0o600))
	cfg, warnings, err := configs.LoadOffline(file, func(string) (string, bool) { return "", false })
	require.NoError(t, err)

	// Ports and probes are those of the configuration and of the handler.
	ports := map[string]string{}
	for _, p := range c.Ports {
		ports[p.Name] = net.JoinHostPort("0.0.0.0", strconv.Itoa(p.ContainerPort))
	}
	assert.Equal(t, map[string]string{"http": cfg.Web.Addr, "metrics": cfg.Web.MetricsAddr}, ports)
	handler := web.New(web.NewBoard(nil), web.Options{})
	for _, p := range []probe{c.LivenessProbe, c.ReadinessProbe, c.StartupProbe} {
		assert.Equal(t, "http", p.HTTPGet.Port)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, p.HTTPGet.Path, nil))
		assert.Equal(t, http.StatusOK, w.Code, p.HTTPGet.Path)
	}
	assert.Equal(t, "/livez", c.LivenessProbe.HTTPGet.Path, "what restarts a pod must not ask the database")
	for name, service := range all {
		for _, p := range service.Spec.Ports {
			assert.Contains(t, ports, p.TargetPort, name)
		}
		if service.Kind != "Deployment" {
			assert.Contains(t, yamlText(t, service.Spec.Selector), yamlText(t, d.Template.Metadata.Labels), name)
		}
	}
	require.Contains(t, all, "PodDisruptionBudget foresight")

	// The configuration, its secrets and what it writes are where the mounts are.
	mounted := map[string]string{} // volume by folder
	for _, m := range c.VolumeMounts {
		mounted[m.MountPath] = m.Name
		assert.Equal(t, m.Name != "written", m.ReadOnly, m.Name)
	}
	assert.Equal(t, "config", mounted[filepath.Dir(c.Args[2])])
	require.Len(t, warnings, 3, "two tokens and the database's address: %v", warnings)
	for _, secret := range regexp.MustCompile(`file: (\S+)\}`).FindAllStringSubmatch(deployed(t, "kubernetes/foresight.yml"), -1) {
		assert.Equal(t, "secrets", mounted[filepath.Dir(secret[1])], secret[1])
		assert.Contains(t, deployed(t, "kubernetes/kustomization.yaml"), "--from-file="+filepath.Base(secret[1]))
	}
	for _, written := range []string{cfg.State.Dir, cfg.Report.Dir} {
		assert.Equal(t, "written", mounted[filepath.Dir(written)], written)
	}
	var volumes []string
	for _, v := range pod.Volumes {
		volumes = append(volumes, v.Name)
	}
	assert.ElementsMatch(t, []string{"config", "secrets", "written"}, volumes)

	// Nobody gets more than it needs.
	assert.False(t, *pod.AutomountServiceAccountToken)
	assert.True(t, pod.SecurityContext.RunAsNonRoot)
	assert.True(t, *c.SecurityContext.ReadOnlyRootFilesystem)
	assert.False(t, *c.SecurityContext.AllowPrivilegeEscalation)
	assert.True(t, slices.Equal([]string{"ALL"}, c.SecurityContext.Capabilities.Drop))
	assert.NotEmpty(t, c.Resources.Limits["memory"])
	assert.NotEmpty(t, c.Resources.Requests["cpu"])
}

func yamlText(t *testing.T, v any) string {
	t.Helper()
	text, err := yaml.MarshalWithOptions(v, yaml.Flow(true))
	require.NoError(t, err)
	return strings.TrimSpace(string(text))
}
