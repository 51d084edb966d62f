// The kubelet of a node: Kubernetes' own kubelet code, with a container runtime that it reaches over CRI. What it does not take from Kubernetes is what
// needs a real machine of its own: cgroups, disk pressure and mounts of other hosts.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	cadvisorapi "github.com/google/cadvisor/lib/model"
	nooptrace "go.opentelemetry.io/otel/trace/noop"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	clientset "k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	certutil "k8s.io/client-go/util/cert"
	"k8s.io/client-go/util/keyutil"
	remote "k8s.io/cri-client/pkg"
	"k8s.io/klog/v2"
	kubeletapp "k8s.io/kubernetes/cmd/kubelet/app"
	"k8s.io/kubernetes/cmd/kubelet/app/options"
	"k8s.io/kubernetes/pkg/kubelet"
	cadvisortest "k8s.io/kubernetes/pkg/kubelet/cadvisor/testing"
	"k8s.io/kubernetes/pkg/kubelet/cm"
	"k8s.io/kubernetes/pkg/kubelet/server"
	kubeletutil "k8s.io/kubernetes/pkg/kubelet/util"
	"k8s.io/kubernetes/pkg/util/oom"
	"k8s.io/kubernetes/pkg/volume"
	"k8s.io/kubernetes/pkg/volume/configmap"
	"k8s.io/kubernetes/pkg/volume/downwardapi"
	"k8s.io/kubernetes/pkg/volume/emptydir"
	"k8s.io/kubernetes/pkg/volume/projected"
	"k8s.io/kubernetes/pkg/volume/secret"
	"k8s.io/kubernetes/pkg/volume/util/hostutil"
	"k8s.io/kubernetes/pkg/volume/util/subpath"
	"k8s.io/mount-utils"
)

// settings is the one argument, as JSON.
type settings struct {
	Kubeconfig string            `json:"kubeconfig"`
	Folder     string            `json:"folder"`
	DNS        string            `json:"dns"`
	Name       string            `json:"name"`
	Address    string            `json:"address"`
	Labels     map[string]string `json:"labels"`
	// Socket of the container runtime.
	Runtime string `json:"runtime"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	if len(os.Args) != 2 {
		return fmt.Errorf("%d arguments (expected: the settings as JSON)", len(os.Args)-1)
	}
	var given settings
	if err := json.Unmarshal([]byte(os.Args[1]), &given); err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	// A namespace of a user may not read the kernel's log, and a kubelet does not need it to run.
	if err := utilfeature.DefaultMutableFeatureGate.Set("KubeletInUserNamespace=true"); err != nil {
		return err
	}
	if err := start(ctx, given); err != nil {
		return fmt.Errorf("%s: %w", given.Name, err)
	}
	<-ctx.Done()
	return nil
}

func start(ctx context.Context, given settings) error {
	flags := options.NewKubeletFlags()
	flags.RootDirectory = given.Folder
	flags.CertDirectory = filepath.Join(given.Folder, "pki")
	flags.HostnameOverride = given.Name
	flags.NodeIP = given.Address
	flags.NodeLabels = given.Labels
	config, err := options.NewKubeletConfiguration()
	if err != nil {
		return err
	}
	config.Address = given.Address
	config.ContainerRuntimeEndpoint = given.Runtime
	config.ImageServiceEndpoint = given.Runtime
	config.ClusterDNS = []string{given.DNS}
	config.ClusterDomain = "cluster.local"
	config.PodLogsDir = filepath.Join(given.Folder, "logs")
	config.MaxPods = 1000
	config.ReadOnlyPort = 0
	// What belongs to a machine of its given.
	config.CgroupsPerQOS = false
	config.EnforceNodeAllocatable = nil
	config.EnableControllerAttachDetach = false
	config.LocalStorageCapacityIsolation = false
	config.ImageGCHighThresholdPercent = 100
	config.EvictionHard = nil
	config.RegisterNode = true
	// Nothing here is ever limited by it, and a rollout is measured by what the pods do.
	config.EventRecordQPS = 0
	config.SerializeImagePulls = false
	dependencies, err := dependenciesOf(ctx, given)
	if err != nil {
		return err
	}
	return kubeletapp.RunKubelet(ctx, &options.KubeletServer{KubeletFlags: *flags, KubeletConfiguration: *config}, dependencies)
}

func dependenciesOf(ctx context.Context, given settings) (*kubelet.Dependencies, error) {
	clientConfig, err := clientcmd.BuildConfigFromFlags("", given.Kubeconfig)
	if err != nil {
		return nil, err
	}
	clientConfig.UserAgent = "process-kubelet"
	// No limit of the client: the server has its given.
	clientConfig.QPS = -1
	client, err := clientset.NewForConfig(clientConfig)
	if err != nil {
		return nil, err
	}
	runtimeService, err := remote.NewRemoteRuntimeServiceBuilder().WithEndpoint(given.Runtime).WithConnectionTimeout(2 * time.Minute).Build(ctx)
	if err != nil {
		return nil, err
	}
	imageService, err := remote.NewRemoteImageServiceBuilder().WithEndpoint(given.Runtime).WithConnectionTimeout(2 * time.Minute).Build(ctx)
	if err != nil {
		return nil, err
	}
	tlsOptions, err := tlsOptionsOf(given)
	if err != nil {
		return nil, err
	}
	mounter := mount.NewFakeMounter(nil)
	return &kubelet.Dependencies{
		KubeClient:                client,
		HeartbeatClient:           client,
		EventClient:               client.CoreV1(),
		RemoteRuntimeService:      runtimeService,
		RemoteImageService:        imageService,
		CAdvisorInterface:         &machine{cadvisortest.Fake{NodeName: given.Name}},
		ContainerManager:          cm.NewStubContainerManager(),
		VolumePlugins:             volumePlugins(),
		TLSOptions:                tlsOptions,
		OOMAdjuster:               oom.NewFakeOOMAdjuster(),
		Mounter:                   mounter,
		Subpather:                 &subpath.FakeSubpath{},
		HostUtil:                  &host{hostutil.NewHostUtil()},
		PodStartupLatencyTracker:  kubeletutil.NewPodStartupLatencyTracker(),
		NodeStartupLatencyTracker: kubeletutil.NewNodeStartupLatencyTracker(klog.FromContext(ctx)),
		TracerProvider:            nooptrace.NewTracerProvider(),
	}, nil
}

// tlsOptionsOf makes a certificate for the server that `kubectl logs` reaches; the API server does not check it.
func tlsOptionsOf(given settings) (*server.TLSOptions, error) {
	certificate, key, err := certutil.GenerateSelfSignedCertKey(given.Name, nil, nil)
	if err != nil {
		return nil, err
	}
	options := &server.TLSOptions{
		CertFile: filepath.Join(given.Folder, "pki", "kubelet.crt"),
		KeyFile:  filepath.Join(given.Folder, "pki", "kubelet.key"),
	}
	if err := certutil.WriteCert(options.CertFile, certificate); err != nil {
		return nil, err
	}
	return options, keyutil.WriteKey(options.KeyFile, key)
}

// volumePlugins are those that make files from objects of the API.
func volumePlugins() []volume.VolumePlugin {
	var all []volume.VolumePlugin
	for _, plugins := range [][]volume.VolumePlugin{
		emptydir.ProbeVolumePlugins(), configmap.ProbeVolumePlugins(), secret.ProbeVolumePlugins(),
		downwardapi.ProbeVolumePlugins(), projected.ProbeVolumePlugins(),
	} {
		all = append(all, plugins...)
	}
	return all
}

// machine is what a node says that it has: room for the pods of any test.
type machine struct{ cadvisortest.Fake }

func (m *machine) MachineInfo(logger klog.Logger) (*cadvisorapi.MachineInfo, error) {
	return &cadvisorapi.MachineInfo{NumCores: 64, MemoryCapacity: 256 << 30, InstanceID: cadvisorapi.InstanceID(m.NodeName)}, nil
}

func (m *machine) VersionInfo() (*cadvisorapi.VersionInfo, error) {
	return &cadvisorapi.VersionInfo{KernelVersion: "shared with the host", ContainerOsVersion: "process kubelet"}, nil
}

// host is this machine, on which a kubelet must not mount anything: containers have mount namespaces of their own, and see what they are given.
type host struct{ *hostutil.HostUtil }

func (h *host) MakeRShared(string) error { return nil }
