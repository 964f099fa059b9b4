import Algebra
import Arguments
import Circuits
import Model
import Support

/// A step's numbers recomputed from hidden states, weights and entries of the attacker's choice.
///
/// Everything follows in the order of the layer from the statement's own products and relations, and is cut into digits without
/// regard to ranges: what does not fit stays in the last digit. So a chosen entry is followed by what makes all equations hold.
struct StatementFill {
  var data: StatementEntries
  let inference: Inference
  let kind: StepKind
  /// The products and relations that numbers are computed from.
  var statement: StepStatement
  /// Chosen entries, by tensor and place, any element of F; whole numbers, by "NAME number"; sums of exponentials, by
  /// "exponential sum".
  var pins: [String: [Int: ScalarField]] = [:]
  /// Projections whose results are chosen: numbers by tensor and place, for which its weights are solved.
  var projections: [String: [Int: Int128]] = [:]

  private var circuit: StepCircuit { data.circuit }

  /// The named product.
  private func product(_ name: String) -> Product {
    guard let product = statement.products.first(where: { $0.name == name }) else {
      preconditionFailure("no product \(name)")
    }
    return product
  }

  /// Entries to start from.
  init(_ inference: Inference, _ kind: StepKind, _ values: StepValues) {
    self.inference = inference
    self.kind = kind
    statement = inference[kind].statement
    data = StatementEntries(inference[kind], values, selectors: inference.selectors(kind, values))
  }

  /// Recomputes everything.
  mutating func fill() {
    switch kind {
    case .embedding:
      solve(relation: "embedding", for: ["state"])
      solve(relation: "output", for: ["output"])
    case .layer: fillLayer()
    case .head: fillHead()
    case .final: break
    }
  }

  private mutating func fillLayer() {
    let isTernary = inference.model.parameters.ternary != nil
    fillNorm("attention norm")
    if isTernary { fillGained("attention") }
    for name in ["query", "key", "value"] {
      chooseWeights(name)
      solve(product: name, for: ["\(name) remainder", name])
    }
    for name in ["rotated query", "rotated key"] { solve(relation: name, for: ["\(name) remainder", name]) }
    fillSoftmax()
    solve(product: "weighted sum", for: ["weighted sum"])
    solve(product: "attended", for: ["attended remainder", "attended"])
    if isTernary { quantise("output input", of: "attended") }
    chooseWeights("attention output")
    solve(product: "attention output", for: ["attention output remainder", "attention output"])
    fillNorm("feed-forward norm")
    if isTernary { fillGained("feed-forward") }
    for name in ["gate", "up"] {
      chooseWeights(name)
      solve(product: name, for: ["\(name) remainder", name])
    }
    let silu = inference.parameters.functions.silu
    let gate = circuit.tensor("gate")
    for place in gate.realPlaces {
      let index = data[gate, place].integer + Int128(silu.count / 2)
      set("activated", place, silu.indices.contains(Int(index)) ? Int128(silu[Int(index)]) : 0)
    }
    solve(product: "hidden", for: ["hidden remainder", "hidden"])
    if isTernary { quantise("down input", of: "hidden") }
    chooseWeights("down", to: "state")
    solve(product: "down", for: ["state remainder", "state"])
    solve(relation: "output", for: ["output"])
  }

  private mutating func fillGained(_ name: String) {
    solve(product: "\(name) gained", for: ["\(name) gained remainder", "\(name) gained"])
    quantise("\(name) input", of: "\(name) gained")
  }

  private mutating func fillHead() {
    fillNorm("head norm")
    let product = self.product("logit")
    let sums = data.sums(product).map(\.integer)
    let space = IndexSpace(product.result.axes)
    let width = space.count / (1 << space.fields[0].axis.logSize)
    let entries = space.fields[1].axis.size
    var selected = data.selectors["winner"] ?? []
    for row in selected.indices {
      let logits = sums[row * width..<row * width + entries]
      let best = logits.enumerated().max { ($0.element, -$0.offset) < ($1.element, -$1.offset) }?.offset ?? 0
      // Another winner than there are entries is for token logic to refuse.
      selected[row] = Int(min(max(pins["winner"]?[row]?.integer ?? Int128(best), 0), Int128(entries - 1)))
      set("winner", row, Int128(selected[row]))
      set("largest logit", row, logits[row * width + selected[row]])
    }
    data.selectors["winner"] = selected
    for index in 0..<space.count {
      let row = index / width
      guard row < selected.count else { continue }
      let largest = entry("largest logit", row)
      let before: Int128 = index % width < selected[row] ? 1 : 0
      store("gap", index, largest &- sums[index] &- before)
    }
  }

  private mutating func fillNorm(_ name: String) {
    solve(product: "\(name) square sum", for: ["\(name) square sum"])
    let bound = product("\(name) lower bound").result.constant.integer
    let root = circuit.digits("\(name) inverse root")
    for place in 0..<(1 << root[0].logSize) where root[0].realPlaces.contains(place) {
      let sum = max(1, number("\(name) square sum", place, limbBits: 48))
      var low: Int128 = 0
      var high: Int128 = 1 << 46
      while low < high {
        let middle = (low + high + 1) / 2
        if middle &* middle <= bound / sum { low = middle } else { high = middle - 1 }
      }
      store("\(name) inverse root", place, low)
    }
    solve(product: "\(name) inverse square", for: ["\(name) inverse square"])
    solve(product: "\(name) lower bound", for: ["\(name) slack low"])
    solve(product: "\(name) upper bound", for: ["\(name) slack high"])
    solve(product: name, for: ["\(name) remainder", name])
  }

  private mutating func fillSoftmax() {
    let product = self.product("score")
    let sums = data.sums(product).map(\.integer)
    let space = IndexSpace(product.result.axes)
    let shift = inference.model.parameters.scoreShift
    let width = 1 << space.fields[3].axis.logSize
    let functions = inference.parameters.functions
    for row in 0..<space.count / width {
      let real = (row * width..<(row + 1) * width).filter(space.isReal)
      guard !real.isEmpty else { continue }
      let visible = real.filter { space.contains($0, .causal(query: "query", key: "key")) }
      let scores = Dictionary(
        uniqueKeysWithValues: real.map { ($0, (sums[$0] + 1 << Int128(shift - 1)) >> Int128(shift)) })
      store("maximum", row, visible.compactMap { scores[$0] }.max() ?? 0)
      let maximum = number("maximum", row)
      var total: Int128 = 0
      for place in real {
        let difference = maximum - (scores[place] ?? 0)
        set("difference low", place, difference & 1023)
        set("difference high", place, difference >> 10)
        let (low, high) = (entry("difference low", place), entry("difference high", place))
        let score = maximum - low - high << 10
        store("score remainder", place, sums[place] + 1 << Int128(shift - 1) - score << Int128(shift))
        func table(_ table: [Int32], _ index: Int128) -> Int128 {
          table.indices.contains(Int(truncatingIfNeeded: index)) ? Int128(table[Int(index)]) : 0
        }
        let isVisible = visible.contains(place)
        set("exponential low", place, isVisible ? table(functions.exponentialLow, low) : 0)
        set("exponential high", place, isVisible ? table(functions.exponentialHigh, high) : 0)
        set(
          "exponential", place, isVisible ? entry("exponential low", place) * entry("exponential high", place) : 0)
        total += entry("exponential", place)
      }
      total = pins["exponential sum"]?[row]?.integer ?? total
      let zero = zeroPlace("zero count", in: row * width..<(row + 1) * width)
      for place in row * width..<(row + 1) * width { set("zero count", place, place == zero ? 1 : 0) }
      store("reciprocal", row, (1 << 46) / max(1, total))
      store("reciprocal slack low", row, 1 << 46 - number("reciprocal", row) * total)
      store("reciprocal slack high", row, total - 1 - number("reciprocal slack low", row))
    }
  }

  private mutating func quantise(_ name: String, of operand: String) {
    let entries = circuit.tensor(operand)
    let positions = circuit.tensor("\(name) maximum").axes[0]
    let width = 1 << (entries.logSize - positions.logSize)
    let real = entries.realPlaces
    for position in 0..<positions.size {
      let places = real.filter { $0 / width == position }
      set("\(name) maximum", position, places.map { abs(data[entries, $0].integer) }.max() ?? 0)
      let maximum = entry("\(name) maximum", position)
      set("\(name) maximum square", position, maximum * maximum)
      for place in places { set("\(name) square", place, data[entries, place].integer * data[entries, place].integer) }
      let largest = zeroPlace("\(name) largest count", in: position * width..<(position + 1) * width)
      for place in position * width..<(position + 1) * width {
        set("\(name) largest count", place, place == largest ? 1 : 0)
      }
      for place in places {
        let value = data[entries, place].integer
        let divisor = 2 * maximum + 1
        let scaled = 254 * value
        let shifted = 2 * scaled + divisor
        let quotient = (shifted - ((shifted % (2 * divisor)) + 2 * divisor) % (2 * divisor)) / (2 * divisor)
        set("\(name) quantised", place, quotient)
        set("\(name) rounding", place, scaled - divisor * entry("\(name) quantised", place))
        if let rounding = pins["\(name) rounding"]?[place], pins["\(name) quantised"]?[place] == nil {
          // The quotient in F.
          data[circuit.tensor("\(name) quantised"), place] =
            (ScalarField(scaled) - rounding) * (ScalarField(divisor).inverse() ?? .zero)
        }
      }
    }
  }

  /// The first place of a row that may serve as its zero, as the statement has it.
  private func zeroPlace(_ multiplicities: String, in row: Range<Int>) -> Int? {
    guard let zero = statement.zeros.first(where: { $0.multiplicities.name == multiplicities }) else { return nil }
    let space = IndexSpace(zero.values.axes)
    return row.first { space.contains($0, zero.domain) && data.value(zero.values, space, $0).isZero }
  }

  // MARK: - Projections

  /// Chooses the weights of a product so that it gives the numbers wanted, at all positions of their outputs; elements of F.
  private mutating func chooseWeights(_ name: String, to result: String? = nil) {
    let result = result ?? name
    guard let wanted = projections[result], !wanted.isEmpty else { return }
    let product = self.product(name)
    let digits = circuit.digits(result)
    guard let weights = product.right.terms.first?.tensor, let axes = digits.first?.axes else { return }
    let (positions, space) = (axes[0].size, IndexSpace(axes))
    let outputs = 1 << (space.logSize - axes[0].logSize)
    let (left, inputs) = (IndexSpace(product.left.axes), 1 << (weights.logSize - (space.logSize - axes[0].logSize)))
    let real = (0..<inputs).filter { left.isReal($0) }
    let scale = product.scale.map { data[$0, 0] } ?? .one
    let rows = (0..<positions).map { position in
      real.map { scale * data.value(product.left, left, position * inputs + $0) }
    }
    for output in Set(wanted.keys.map { $0 % outputs }) {
      let remainders = circuit.digits("\(result) remainder")
      var kept = data
      let targets = (0..<positions).map { position in
        let place = position * outputs + output
        if let number = wanted[place] {
          let width = Int128(inference.model.parameters.digitBits)
          for (index, tensor) in digits.enumerated() {
            let part = number >> (width * Int128(index))
            kept[tensor, place] = ScalarField(index == digits.count - 1 ? part : part & (1 << width - 1))
          }
          for tensor in remainders { kept[tensor, place] = .zero }
        }
        return kept.value(product.result, IndexSpace(product.result.axes), place)
      }
      guard let solution = solution(of: rows, equalling: targets) else { continue }
      for (input, value) in zip(real, solution) { data[weights, output * inputs + input] = value }
    }
  }

  // MARK: - Numbers and digits

  private func entry(_ name: String, _ place: Int) -> Int128 { data[circuit.tensor(name), place].integer }

  private mutating func set(_ name: String, _ place: Int, _ value: Int128) {
    data[circuit.tensor(name), place] = pins[name]?[place] ?? ScalarField(value)
  }

  /// A number made of digits or limbs.
  private func number(_ name: String, _ place: Int, limbBits: Int? = nil) -> Int128 {
    let width = Int128(limbBits ?? inference.model.parameters.digitBits)
    return circuit.digits(name).reversed().reduce(0) { $0 << width + data[$1, place].integer }
  }

  /// Cuts a number into digits, all but the last in their range unless chosen.
  private mutating func store(_ name: String, _ place: Int, _ value: Int128, limbBits: Int? = nil) {
    let width = Int128(limbBits ?? inference.model.parameters.digitBits)
    let digits = circuit.digits(name)
    var rest = pins["\(name) number"]?[place]?.integer ?? value
    // Chosen digits first: the others make up for them.
    for (index, tensor) in digits.enumerated() {
      if let pin = pins[tensor.name]?[place] { rest -= pin.integer << (width * Int128(index)) }
    }
    var power: Int128 = 0
    let open = digits.indices.filter { pins[digits[$0].name]?[place] == nil }
    for index in digits.indices {
      guard let last = open.last, open.contains(index) else {
        set(digits[index].name, place, 0)
        power += width
        continue
      }
      let next = index == last ? rest >> power : (rest >> power) & (1 << width - 1)
      data[digits[index], place] = ScalarField(next)
      rest -= next << power
      power += width
    }
  }

  // MARK: - Equations

  /// Makes a product hold at real indices by the numbers named, of rising weight.
  private mutating func solve(product name: String, for names: [String]) {
    let product = self.product(name)
    let sums = data.sums(product)
    let space = IndexSpace(product.result.axes)
    let terms = product.result.terms.map { (tensor: $0.tensor, factor: $0.factor) }
    for index in 0..<space.count where space.isReal(index) {
      let known = terms.filter { !isPart($0.tensor, of: names) }.reduce(product.result.constant) {
        $0 + $1.factor * data[$1.tensor, space.projection(to: $1.tensor.axes)(index)]
      }
      solve(sums[index] - known, terms, names, space, index)
    }
  }

  /// Makes a relation hold at real indices.
  private mutating func solve(relation name: String, for names: [String]) {
    guard let relation = statement.relations.first(where: { $0.name == name }) else { return }
    let space = IndexSpace(relation.axes)
    let own = relation.terms.filter { $0.functional == .value && isPart($0.tensor, of: names) }
    for index in 0..<space.count where space.isReal(index) {
      let known = own.reduce(data.sum(relation, space, index)) { $0 - $1.factor * data.functional($1, space, index) }
      solve(-known, own.map { ($0.tensor, $0.factor) }, names, space, index)
    }
  }

  private func isPart(_ tensor: Tensor, of names: [String]) -> Bool {
    names.contains { tensor.name == $0 || tensor.name.hasPrefix("\($0), ") }
  }

  private mutating func solve(
    _ sum: ScalarField, _ terms: [(tensor: Tensor, factor: ScalarField)], _ names: [String], _ space: IndexSpace,
    _ index: Int
  ) {
    let own = terms.filter { isPart($0.tensor, of: names) && !$0.factor.isZero }
      .map { ($0.tensor, $0.factor.integer) }
      .sorted { $0.1.magnitude < $1.1.magnitude }
    var field = sum
    var open: [(Tensor, Int128, Int)] = []
    for (tensor, factor) in own {
      let place = space.projection(to: tensor.axes)(index)
      if let pin = pins[tensor.name]?[place] {
        field -= ScalarField(factor) * pin
        data[tensor, place] = pin
      } else {
        open.append((tensor, factor, place))
      }
    }
    var rest = field.integer
    for (number, (tensor, factor, place)) in open.enumerated() {
      guard number + 1 < open.count else {
        // What is left, whole or not; of the last of several digits or limbs what is whole.
        data[tensor, place] = factor == 1 ? field : ScalarField(rest / factor)
        continue
      }
      // The residue of what the next weights cannot make.
      let ratio = (open[number + 1].1 / factor).magnitude
      let quotient = rest / factor
      let digit = ((quotient % Int128(ratio)) + Int128(ratio)) % Int128(ratio)
      data[tensor, place] = ScalarField(digit)
      rest -= digit * factor
      field -= ScalarField(digit) * ScalarField(factor)
    }
  }
}
