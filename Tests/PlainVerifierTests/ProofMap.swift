import LayerFold

/// Where everything stands in a proof of one text with a listed prompt: Docs/Formats.md as a list.
struct ProofMap {
  /// What a field's words are.
  enum Content {
    /// Numbers of 4 bytes.
    case counts
    /// Elements below r.
    case scalars
    /// Elements below q.
    case coordinates
    /// Compressed points.
    case points
  }

  /// Equal words that stand together and mean the same.
  struct Field {
    let name: String
    let content: Content
    let start: Int
    let count: Int

    /// Bytes of a word.
    var wordLength: Int { content == .counts ? 4 : 32 }
    /// Where a word begins.
    func word(_ index: Int) -> Int { start + wordLength * index }
  }

  /// All fields, in order, without gaps.
  private(set) var fields: [Field] = []
  /// The number of bytes.
  private(set) var end = 8

  /// The map of a proof with these numbers of tokens under a key of these sizes.
  init(_ sizes: CircuitSizes, prompt: Int, output: Int) {
    let (chunks, input) = (sizes.chunks.reduce(0, +), sizes.chunks[0])
    let (rows, claims) = (sizes.rowLog, sizes.claimLog)
    add(
      ("claims", .counts, 1), ("prompt tokens' number", .counts, 1), ("output tokens' number", .counts, 1),
      ("requested number", .counts, 1), ("salt", .scalars, 1), ("prompt tokens", .counts, prompt),
      ("output tokens", .counts, output))
    add(
      ("h_w at the end", .scalars, 1), ("vk", .scalars, 1), ("index", .scalars, 1), ("phase", .scalars, 1),
      ("h_w", .scalars, 1), ("O^", .scalars, 2 * input), ("tokens digest", .scalars, 1),
      ("statement chain", .scalars, 1), ("running digests", .scalars, 4), ("CycleFold digest", .scalars, 1),
      ("b", .scalars, 1), ("rho", .scalars, claims), ("v", .scalars, 1))
    for (segment, count) in sizes.chunks.enumerated() { add(("the last step's segment \(segment)", .points, count)) }
    for kind in 0..<4 {
      add(
        ("commitments \(kind)", .points, chunks), ("u \(kind)", .scalars, 1), ("x \(kind)", .scalars, 1),
        ("r_E \(kind)", .scalars, rows), ("v_E \(kind)", .scalars, 1), ("r_Q \(kind)", .scalars, claims),
        ("v_Q \(kind)", .scalars, 1))
    }
    add(
      ("W^, E^", .points, 2), ("u of CycleFold", .coordinates, 1), ("IO", .coordinates, 1 + 6 * chunks),
      ("h_E", .scalars, rows), ("h_1", .scalars, claims), ("h_2", .scalars, claims), ("v_T", .scalars, 1))
    add("first", .scalars, relations: 4, rows: rows, chunk: sizes.chunkLog)
    var cycle = 0
    while 1 << cycle < 194 + 779 * chunks { cycle += 1 }
    add("second", .coordinates, relations: 1, rows: cycle, chunk: cycle)
  }

  private mutating func add(_ side: String, _ content: Content, relations: Int, rows: Int, chunk: Int) {
    let coefficients = 1 + 3 * rows + 2 * relations
    add(
      ("mask, \(side)", .points, (coefficients + (1 << chunk) - 1) / (1 << chunk) + 2), ("G, \(side)", content, 1),
      ("outer messages, \(side)", content, 3 * rows), ("a, b, \(side)", content, 2 * relations),
      ("p, \(side)", content, 1), ("inner messages, \(side)", content, 2 * chunk),
      ("L, R, \(side)", .points, 2 * (chunk - 3)), ("M, \(side)", .points, 1), ("z, \(side)", content, 8),
      ("z', \(side)", content, 1))
  }

  private mutating func add(_ parts: (name: String, content: Content, count: Int)...) {
    for part in parts {
      fields.append(Field(name: part.name, content: part.content, start: end, count: part.count))
      end += part.count * (part.content == .counts ? 4 : 32)
    }
  }

  /// The first field of a name.
  func field(_ name: String) throws -> Field {
    guard let field = fields.first(where: { $0.name == name }) else { throw UnknownField(name: name) }
    return field
  }

  /// A name that no field has.
  struct UnknownField: Error {
    let name: String
  }
}
