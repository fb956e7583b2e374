/// Something made when it is first asked for.
final class Once<Value> {
  private let make: () throws -> Value
  private(set) var made: Value?

  init(_ make: @escaping () throws -> Value) { self.make = make }

  func value() throws -> Value {
    if let made { return made }
    let value = try make()
    made = value
    return value
  }
}
