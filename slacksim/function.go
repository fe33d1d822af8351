package slacksim

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// Function is a step that the app has for people's workflows (Workflow Builder, custom steps).
type Function struct {
	CallbackID, Title, Description string
	Inputs, Outputs                []Parameter
}

// Parameter is something that goes into a step, or comes out of it.
type Parameter struct {
	Name        string `yaml:"-"`
	Type        string `yaml:"type"` // string, integer, slack#/types/user_id …
	Title       string `yaml:"title"`
	Description string `yaml:"description"`
	Required    bool   `yaml:"is_required"`
}

type functionManifest struct {
	Title       string               `yaml:"title"`
	Description string               `yaml:"description"`
	Inputs      map[string]Parameter `yaml:"input_parameters"`
	Outputs     map[string]Parameter `yaml:"output_parameters"`
}

// parameterTypes are those of which this workspace knows what a value looks like.
var parameterTypes = []string{"string", "integer", "number", "boolean", "slack#/types/user_id", "slack#/types/channel_id"}

// checkFunctions refuses steps as Slack does (custom steps for existing apps: the app must be
// ready for organisations, and run its functions itself).
func (m *manifest) checkFunctions() error {
	if len(m.Functions) == 0 {
		return nil
	}
	switch {
	case !m.Settings.OrgReady:
		return errors.New("invalid_manifest: functions require org_deploy_enabled (/settings/org_deploy_enabled)")
	case m.Settings.Runtime != "remote":
		return errors.New("invalid_manifest: functions require function_runtime remote (/settings/function_runtime)")
	}
	for name, f := range m.Functions {
		if f.Title == "" || f.Description == "" {
			return fmt.Errorf("invalid_manifest: title and description are required (/functions/%s)", name)
		}
		for _, list := range []map[string]Parameter{f.Inputs, f.Outputs} {
			for key, p := range list {
				if !slices.Contains(parameterTypes, p.Type) {
					return fmt.Errorf("invalid_manifest: parameter %s has type %q (/functions/%s)", key, p.Type, name)
				}
			}
		}
	}
	return nil
}

func (m *manifest) functions() (out []Function) {
	named := func(list map[string]Parameter) (all []Parameter) {
		for _, name := range slices.Sorted(maps.Keys(list)) {
			p := list[name]
			p.Name = name
			all = append(all, p)
		}
		return all
	}
	for _, id := range slices.Sorted(maps.Keys(m.Functions)) {
		f := m.Functions[id]
		out = append(out, Function{CallbackID: id, Title: f.Title, Description: f.Description, Inputs: named(f.Inputs), Outputs: named(f.Outputs)})
	}
	return out
}

// run is one execution of a step.
type run struct {
	of      *Function
	done    bool
	outputs map[string]any
	failed  string
}

// Run is what became of a step of a workflow.
type Run struct {
	Outputs map[string]any
	Error   string
}

// RunStep has a workflow come to one of the app's steps and answers the id of that execution.
// Nobody stands behind it: whoever made the workflow has chosen its inputs.
func (s *client) RunStep(callbackID string, inputs map[string]any) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.ws.App.Functions, func(f Function) bool { return f.CallbackID == callbackID })
	if i < 0 {
		return "", fmt.Errorf("the app has no step %q", callbackID)
	}
	f := &s.ws.App.Functions[i]
	if problem := s.unfit(f.Inputs, inputs); problem != "" {
		return "", errors.New(problem)
	}
	id := s.nextID("Fx")
	s.runs[id] = &run{of: f}
	s.events.emit("function_executed", object{"type": "function_executed", "function": f.json(&s.ws.App), "inputs": inputs, "function_execution_id": id,
		"workflow_execution_id": s.nextID("Wx"), "bot_access_token": "xwfp-" + random(16)})
	return id, nil
}

func (f *Function) json(app *App) object {
	list := func(all []Parameter) []any {
		return listOf(all, func(p Parameter) object {
			return object{"type": p.Type, "name": p.Name, "description": p.Description, "title": p.Title, "is_required": p.Required}
		})
	}
	return object{"id": "Fn0" + capitals(f.CallbackID), "callback_id": f.CallbackID, "title": f.Title, "description": f.Description, "type": "app",
		"input_parameters": list(f.Inputs), "output_parameters": list(f.Outputs), "app_id": app.ID, "date_created": 1_700_000_000, "date_updated": 1_700_000_000, "date_deleted": 0}
}

// unfit says what is wrong with values for parameters; "" where nothing is.
func (s *state) unfit(parameters []Parameter, values map[string]any) string {
	for name := range values {
		if !slices.ContainsFunc(parameters, func(p Parameter) bool { return p.Name == name }) {
			return "additional property not allowed: " + name
		}
	}
	for _, p := range parameters {
		v, has := values[p.Name]
		if !has {
			if p.Required {
				return "missing required parameter: " + p.Name
			}
			continue
		}
		text, isText := v.(string)
		fits := isText
		switch p.Type {
		case "integer", "number":
			_, err := strconv.ParseFloat(fmt.Sprint(v), 64)
			fits = err == nil && !isText
		case "boolean":
			_, fits = v.(bool)
		case "slack#/types/user_id":
			fits = s.people[text] != nil
		case "slack#/types/channel_id":
			fits = s.channels[text] != nil
		}
		if !fits {
			return "parameter " + p.Name + " is no " + p.Type
		}
	}
	return ""
}

func (c *call) execution() (*run, error) {
	if err := c.required("function_execution_id"); err != nil {
		return nil, err
	}
	switch r := c.runs[c.args.str("function_execution_id")]; {
	case r == nil:
		return nil, no("function_execution_not_found")
	case r.done:
		return nil, no("execution_not_in_running_state")
	default:
		return r, nil
	}
}

func functionSuccess(c *call) (object, error) {
	r, err := c.execution()
	if err != nil {
		return nil, err
	}
	outputs := map[string]any{}
	if raw := c.args.raw("outputs"); raw != nil && json.Unmarshal(raw, &outputs) != nil {
		return nil, no("invalid_arguments", "[ERROR] must provide an object [json-pointer:/outputs]")
	}
	if problem := c.unfit(r.of.Outputs, outputs); problem != "" {
		return nil, no("parameter_validation_failed", "[ERROR] "+problem+" [json-pointer:/outputs]")
	}
	r.done, r.outputs = true, outputs
	c.touch()
	return nil, nil
}

func functionError(c *call) (object, error) {
	r, err := c.execution()
	if err != nil {
		return nil, err
	}
	if err := c.required("error"); err != nil {
		return nil, err
	}
	r.done, r.failed = true, c.args.str("error")
	c.touch()
	return nil, nil
}

// Runs has a workflow come to a step of the app.
func (st *Stage) Runs(callbackID string, inputs map[string]any) string {
	st.t.Helper()
	id, err := st.RunStep(callbackID, inputs)
	if err != nil {
		st.t.Fatalf("run %s: %v", callbackID, err)
	}
	return id
}

// Running is true while the app has not answered a step.
func (st *Stage) Running(id string) bool {
	st.state.mu.Lock()
	defer st.state.mu.Unlock()
	r := st.state.runs[id]
	return r != nil && !r.done
}

// Ends waits until the app has answered a step, and says how.
func (st *Stage) Ends(id string) Run {
	st.t.Helper()
	began := time.Now()
	if !st.until(st.Patience, func() bool { r := st.state.runs[id]; return r != nil && r.done }) {
		st.t.Fatalf("the step %s was not answered after %v", id, time.Since(began))
	}
	st.state.mu.Lock()
	defer st.state.mu.Unlock()
	r := st.state.runs[id]
	return Run{r.outputs, r.failed}
}
