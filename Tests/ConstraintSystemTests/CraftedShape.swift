import Algebra
import Support

/// A random shape made without `ShapeBuilder`, with its encoding written, and its rows evaluated, from the text of
/// Docs/Formats.md alone. Blocks without rows, without variables and without inputs occur, and so do empty combinations.
struct CraftedShape {
  /// Columns with coefficients, by increasing columns.
  typealias Combination = [(column: Int, coefficient: ScalarField)]

  /// A part that occurs many times.
  struct Template {
    let inputs: Int
    let variables: Int
    /// Over u, inputs, variables.
    let combinations: [Combination]
    let rows: [[Int]]
  }

  /// What stands among the rows.
  enum Item {
    /// A row's three combinations.
    case row([Int])
    /// A block: its template, the trace variables left out before it, the combinations that are its inputs.
    case block(template: Int, gap: Int, inputs: [Int])
  }

  let publicCount = 2
  let valueOffsets: [Int]
  let traceCount: Int
  let combinations: [Combination]
  let templates: [Template]
  let items: [Item]

  /// A shape of some size.
  init(seed: UInt64, items count: Int) {
    var generator = SeededGenerator(seed: seed)
    func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
    /// An index in use already, or the next new one.
    func index(_ known: inout Int) -> Int {
      if known == 0 || below(3) == 0 {
        known += 1
        return known - 1
      }
      return below(known)
    }
    func combination(columns: Int) -> Combination {
      let chosen = (0..<columns).filter { _ in columns < 6 ? below(2) == 0 : below(columns) < 3 }
      return chosen.map { column in
        let coefficient: ScalarField =
          switch below(5) {
          case 0: -.one
          case 1: ScalarField(UInt64(2 + below(3)))
          case 2: .random(using: &generator)
          default: .one
          }
        return (column, coefficient)
      }
    }
    var templates: [Template] = []
    var items: [Item] = []
    var (known, trace) = (0, 0)
    for _ in 0..<count {
      guard below(3) > 0 else {
        items.append(.row([index(&known), index(&known), index(&known)]))
        continue
      }
      let template = templates.isEmpty || below(40) == 0 ? templates.count : below(templates.count)
      if template == templates.count {
        let (inputs, variables) = (below(4), below(5))
        var used = 0
        let rows = (0..<below(6)).map { _ in [index(&used), index(&used), index(&used)] }
        templates.append(
          Template(
            inputs: inputs, variables: variables,
            combinations: (0..<used).map { _ in combination(columns: 1 + inputs + variables) }, rows: rows))
      }
      let gap = below(4) == 0 ? below(3) : 0
      trace += gap + templates[template].variables
      items.append(
        .block(template: template, gap: gap, inputs: (0..<templates[template].inputs).map { _ in index(&known) }))
    }
    self.templates = templates
    self.items = items
    traceCount = trace + below(3)
    valueOffsets = (0..<20).filter { _ in below(4) == 0 }
    let columns = publicCount + valueOffsets.count + traceCount
    combinations = (0..<known).map { _ in combination(columns: columns) }
  }

  /// A shape of blocks, each a template of its own: one row without entries, and many variables.
  init(variables: Int, blocks: Int) {
    valueOffsets = []
    traceCount = variables * blocks
    combinations = []
    templates = (0..<blocks).map { _ in
      Template(inputs: 0, variables: variables, combinations: [[]], rows: [[0, 0, 0]])
    }
    items = (0..<blocks).map { .block(template: $0, gap: 0, inputs: []) }
  }

  /// The number of columns.
  var columnCount: Int { publicCount + valueOffsets.count + traceCount }

  /// The three sides of all rows at z, row by row.
  func products(_ z: [ScalarField]) -> [[ScalarField]] {
    func value(_ combination: Combination, _ z: [ScalarField]) -> ScalarField {
      combination.reduce(.zero) { $0 + $1.coefficient * z[$1.column] }
    }
    var sides: [[ScalarField]] = []
    var next = publicCount + valueOffsets.count
    for item in items {
      switch item {
      case .row(let row): sides.append(row.map { value(combinations[$0], z) })
      case .block(let index, let gap, let inputs):
        let template = templates[index]
        next += gap
        let inner = [z[0]] + inputs.map { value(combinations[$0], z) } + z[next..<next + template.variables]
        next += template.variables
        sides += template.rows.map { row in row.map { value(template.combinations[$0], inner) } }
      }
    }
    return sides
  }
}

// The encoding.
extension CraftedShape {
  /// The bytes that Docs/Formats.md prescribes.
  var bytes: [UInt8] {
    var bytes = Array("LFSHAPE2".utf8)
    func write(_ number: Int) {
      var rest = number
      repeat {
        bytes.append(UInt8(rest & 127) | (rest > 127 ? 128 : 0))
        rest >>= 7
      } while rest > 0
    }
    func write(differences numbers: [Int]) {
      for (number, before) in zip(numbers, [-1] + numbers) { write(number - before - 1) }
    }
    func write(matrix: [Combination]) {
      var coefficients: [ScalarField] = [.one, -.one]
      for entry in matrix.joined() where !coefficients.contains(entry.coefficient) {
        coefficients.append(entry.coefficient)
      }
      write(matrix.count)
      write(coefficients.count - 2)
      for coefficient in coefficients[2...] { bytes += coefficient.bytes }
      for row in matrix {
        write(row.count)
        write(differences: row.map(\.column))
        for entry in row { write(coefficients.firstIndex(of: entry.coefficient) ?? 0) }
      }
    }
    func write(_ index: Int, known: inout Int) {
      write(index == known ? 0 : known - index)
      known = max(known, index + 1)
    }
    write(publicCount)
    write(traceCount)
    write(valueOffsets.count)
    write(differences: valueOffsets)
    write(matrix: combinations)
    write(templates.count)
    for template in templates {
      write(template.inputs)
      write(template.variables)
      write(matrix: template.combinations)
      var known = 0
      write(template.rows.count)
      for index in template.rows.joined() { write(index, known: &known) }
    }
    write(items.count { if case .block = $0 { true } else { false } })
    var (known, knownTemplates) = (0, 0)
    var rows: [[Int]] = []
    func flush() {
      write(rows.count)
      for index in rows.joined() { write(index, known: &known) }
      rows = []
    }
    for item in items {
      switch item {
      case .row(let row): rows.append(row)
      case .block(let template, let gap, let inputs):
        flush()
        write(template, known: &knownTemplates)
        write(gap)
        for input in inputs { write(input, known: &known) }
      }
    }
    flush()
    return bytes
  }
}
