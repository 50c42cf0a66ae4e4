import type { Question } from './faq'

export const questions: Question[] = [
  {
    name: 'why',
    ask: 'Why use the portal?',
    answer: 'All your devices are in one place: follow what the whole fleet prints, send meter readings so that the invoice is right, order toner within the contract, report faults and follow the technician. With many devices you can send readings in one file and see all requests together.',
    to: { href: '/devices', label: 'My products' },
  },
  {
    name: 'order',
    ask: 'How do I order supplies?',
    answer: 'Choose “Order toner and supplies” on the home page, then the device. You see only what fits it and its contract includes. Once the order is sent you get an order confirmation number; after that it can usually be neither cancelled nor changed.',
    to: { href: '/order', label: 'Order toner and supplies' },
  },
  {
    name: 'delivery',
    ask: 'Can I change the delivery address when I order?',
    answer: 'The device’s registered address is the default. Only address lines 2 and 3 can be edited, and the change becomes the device’s new default for deliveries. A change of the device’s address under “My products” or with a service request leaves the delivery address as it is.',
  },
  {
    name: 'track-order',
    ask: 'How do I track an order?',
    answer: 'Choose the device under “My products”. Under “Supplies”, “Track order” leads to the carrier’s site. It is there once the order is shipped.',
    to: { href: '/devices', label: 'My products' },
  },
  {
    name: 'reading',
    ask: 'How do I send in a meter reading?',
    answer: 'Choose “Meter reading”, tick the devices by their serial numbers, one, several or all, and type what the counters show.',
    to: { href: '/readings', label: 'Meter reading' },
  },
  {
    name: 'bulk',
    ask: 'How do I send readings in a file?',
    answer: 'It must be turned on in your country, and you must have chosen reminders for the devices. Follow the link in the reminder, or choose “Bulk readings” on the home page. You see what becomes of each row before anything is kept.',
    to: { href: '/readings/bulk', label: 'Bulk readings' },
  },
  {
    name: 'meter',
    ask: 'How do I read the meter?',
    answer: 'Under “Meter reading”, each device has the link “How to read the meter”, for exactly its model. If you still do not find the counter, contact your local support.',
    to: { href: '/readings', label: 'Meter reading' },
  },
  {
    name: 'account',
    ask: 'How do I change my account details and what I get by e-mail?',
    answer: 'Go to “My account” and “Edit my account”. Name and title can be changed, too. Under “E-mail from us” you choose what you want.',
    to: { href: '/account', label: 'My account' },
  },
  {
    name: 'sign-in',
    ask: 'Why can I not sign in?',
    answer: 'The user ID or the password is mistyped. Capital and small letters differ in the password. If you have forgotten the user ID, it can be mailed to you. If you have forgotten the password, you answer two security questions and get a temporary password by e-mail.',
  },
  {
    name: 'password',
    ask: 'How do I change my password?',
    answer: 'Go to “My account” and “Change password”, and type the current and the new one.',
    to: { href: '/account', label: 'My account' },
  },
  {
    name: 'report',
    ask: 'How do I open a service request?',
    answer: 'Choose “Service request” on the home page, then the device. While you describe the fault we suggest solutions from the knowledge base. If the device has an open request already, you get its number instead of a second one.',
    to: { href: '/devices', label: 'My products' },
  },
  {
    name: 'update',
    ask: 'Can I update a service request?',
    answer: 'Yes, with “Update” on the request, as long as no technician has been dispatched. We are told at once.',
    to: { href: '/requests', label: 'My requests' },
  },
  {
    name: 'cancel',
    ask: 'How do I cancel a service request?',
    answer: 'Call your local support. The number is on the request, and on this page.',
  },
  {
    name: 'service-address',
    ask: 'Can I change the service address when I open a request?',
    answer: 'Yes, for this time only or permanently. A permanent change is used for this request at once, but must be approved by us; then the address changes for all devices at the site.',
  },
  {
    name: 'follow',
    ask: 'How do I follow my request?',
    answer: 'Under “Requests”, or at the device under “My products”. “To be scheduled”: the request is registered, and a technician will be assigned. “Dispatched”: a technician has been assigned. “En route”: a technician is on the way. “On site”: a technician is there.',
    to: { href: '/requests', label: 'My requests' },
  },
  {
    name: 'register',
    ask: 'How do I register several devices?',
    answer: 'You need the serial number, on a sticker at the front of the device, and the postal code of where it stands. After the first we show the others at its site. They are chosen beforehand and go to approval, usually within two working days. With ten or more you can write to support with your user ID and either the account number or a list of serial numbers.',
    to: { href: '/register', label: 'Register a new device' },
  },
  {
    name: 'name',
    ask: 'What is a friendly name?',
    answer: 'A name of your own choice, so that you find the device quickly, for example “Colour printer, 1st floor”.',
  },
  {
    name: 'search',
    ask: 'How do I use the quick search?',
    answer: 'On the home page: choose serial number, service request or order, type the whole number and press “Start”. You find only what belongs to devices you have registered.',
    to: { href: '/', label: 'Home' },
  },
  {
    name: 'delete',
    ask: 'How do I remove a device that is registered to me?',
    answer: 'Tick it under “My products” and choose “Delete product(s)”. “Select all” means those you see on the page. The device and its history are no longer shown, and reminders stop. Contract and billing do not change.',
    to: { href: '/devices', label: 'My products' },
  },
  {
    name: 'move',
    ask: 'How do I change the address of a device?',
    answer: 'Choose the device under “My products” and “Change the address”, and give a reason. We must confirm the change before it holds, and then it holds for all devices at the site.',
    to: { href: '/devices', label: 'My products' },
  },
]
